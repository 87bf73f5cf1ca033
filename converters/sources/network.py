"""Whether the Hugging Face hub can be asked at all."""

from functools import lru_cache


@lru_cache(maxsize=1)
def is_hub_reachable() -> bool:
    """Whether the hub answers. Without this look its client tries again and again, for half a minute a file."""
    import socket
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE or getproxies():
        return not constants.HF_HUB_OFFLINE
    address = urlsplit(constants.ENDPOINT)
    try:
        with socket.create_connection((address.hostname or "", address.port or 443), timeout=5):
            return True
    except OSError:
        return False
