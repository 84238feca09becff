"""Resources of the serving systems, spelled as the Api spells them."""

from typing import Final

SERVICES: Final = "services"
STATEFUL_SETS: Final = "statefulsets.apps"

INFERENCE_SERVICES: Final = "inferenceservices.serving.kserve.io"
RUNTIMES: Final = "servingruntimes.serving.kserve.io"
CLUSTER_RUNTIMES: Final = "clusterservingruntimes.serving.kserve.io"
LLM_SERVICES: Final = "llminferenceservices.serving.kserve.io"
LLM_CONFIGS: Final = "llminferenceserviceconfigs.serving.kserve.io"
LOCAL_CACHES: Final = "localmodelcaches.serving.kserve.io"
NODE_GROUPS: Final = "localmodelnodegroups.serving.kserve.io"

# Of the Gateway API and its inference extension, which this cluster has only where somebody brings their definitions.
HTTP_ROUTES: Final = "httproutes.gateway.networking.k8s.io"
POOLS: Final = "inferencepools.inference.networking.k8s.io"

GRAPHS: Final = "dynamographdeployments.nvidia.com"
GRAPHS_V1ALPHA1: Final = "dynamographdeployments.v1alpha1.nvidia.com"
GRAPH_REQUESTS: Final = "dynamographdeploymentrequests.nvidia.com"

AIM_SERVICES: Final = "aimservices.aim.eai.amd.com"
AIM_MODELS: Final = "aimmodels.aim.eai.amd.com"
AIM_CLUSTER_MODELS: Final = "aimclustermodels.aim.eai.amd.com"
AIM_SOURCES: Final = "aimclustermodelsources.aim.eai.amd.com"
AIM_TEMPLATES: Final = "aimservicetemplates.aim.eai.amd.com"
AIM_CLUSTER_TEMPLATES: Final = "aimclusterservicetemplates.aim.eai.amd.com"
AIM_ARTIFACTS: Final = "aimartifacts.aim.eai.amd.com"
AIM_CACHES: Final = "aimtemplatecaches.aim.eai.amd.com"
AIM_CONFIGS: Final = "aimruntimeconfigs.aim.eai.amd.com"
AIM_CLUSTER_CONFIGS: Final = "aimclusterruntimeconfigs.aim.eai.amd.com"

MODEL_DEPLOYMENTS: Final = "modeldeployments.airunway.ai"
PROVIDERS: Final = "inferenceproviderconfigs.airunway.ai"

WORKSPACES: Final = "workspaces.kaito.sh"
INFERENCE_SETS: Final = "inferencesets.kaito.sh"

NIM_SERVICES: Final = "nimservices.apps.nvidia.com"
NIM_CACHES: Final = "nimcaches.apps.nvidia.com"
