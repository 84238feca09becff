"""Resources that more than one controller touches, spelled as the Api spells them."""

from typing import Final

MODELS: Final = "models.model.samzong.dev"
SOURCES: Final = "modelsources.model.samzong.dev"
DATASETS: Final = "datasets.dataset.baizeai.io"
SECRETS: Final = "secrets"
NAMESPACES: Final = "namespaces"
CLAIMS: Final = "persistentvolumeclaims"
VOLUMES: Final = "persistentvolumes"
CLASSES: Final = "storageclasses.storage.k8s.io"
JOBS: Final = "jobs.batch"
PODS: Final = "pods"
NODES: Final = "nodes"
EVENTS: Final = "events"
CONFIG_MAPS: Final = "configmaps"
DEPLOYMENTS: Final = "deployments.apps"
REPLICA_SETS: Final = "replicasets.apps"

MODEL_GROUP: Final = "model.samzong.dev"
DATASET_API: Final = "dataset.baizeai.io/v1alpha1"
DATASET_LABEL: Final = "baize.io/dataset-name"
