"""What is known of those who make volumes, by their names in StorageClasses. Pure."""

from __future__ import annotations

from typing import Final

_ONE_NODE: Final = frozenset(
    {
        *("kubernetes.io/aws-ebs", "kubernetes.io/gce-pd", "kubernetes.io/azure-disk", "kubernetes.io/cinder"),
        *("ebs.csi.aws.com", "pd.csi.storage.gke.io", "disk.csi.azure.com", "cinder.csi.openstack.org", "csi.hetzner.cloud"),
        *("dobs.csi.digitalocean.com", "linodebs.csi.linode.com", "rancher.io/local-path", "topolvm.io", "local.csi.openebs.io"),
    }
)
_CEPH_BLOCKS: Final = "rbd.csi.ceph.com"
"""The end of the name: Rook puts its namespace before it."""


def for_one_node(provisioner: str) -> bool:
    """Whether its file systems are for one node at a time, as its own documentation says: it refuses ReadWriteMany."""
    return provisioner in _ONE_NODE or provisioner.endswith(_CEPH_BLOCKS)
