"""What python_test.cc has Python's huggingface_hub do with a cache that thaw shares.

    HF_ENDPOINT=… HF_HUB_CACHE=… python with_huggingface_hub.py fetch REPO FILE…
    HF_HUB_CACHE=… python with_huggingface_hub.py read REPO FILE…
    HF_HUB_CACHE=… python with_huggingface_hub.py folder REPO

`fetch` downloads files, `read` prints what a file in the cache holds (SHA-256), `folder` where the
cache has the repository; the latter two without network.
"""
import hashlib
import sys

from huggingface_hub import hf_hub_download, snapshot_download

command, repo, files = sys.argv[1], sys.argv[2], sys.argv[3:]
if command == "folder":
    print(snapshot_download(repo, local_files_only=True))
for file in files:
    path = hf_hub_download(repo, file, local_files_only=command == "read")
    if command == "read":
        with open(path, "rb") as content:
            print(hashlib.sha256(content.read()).hexdigest())
