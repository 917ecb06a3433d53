"""What python_test.cc has Python's huggingface_hub do with a cache that thaw shares.

    HF_ENDPOINT=… HF_HUB_CACHE=… python with_huggingface_hub.py fetch REPO FILE…
    HF_HUB_CACHE=… python with_huggingface_hub.py read REPO FILE…
    HF_HUB_CACHE=… python with_huggingface_hub.py folder REPO

`fetch` downloads files, `read` prints what a file in the cache holds (SHA-256), `folder` where the
cache has the repository; the latter two without network. A data set's REPO begins with "datasets/".
"""
import hashlib
import sys

from huggingface_hub import hf_hub_download, snapshot_download

command, repo, files = sys.argv[1], sys.argv[2], sys.argv[3:]
repo_type = "dataset" if repo.startswith("datasets/") else "model"
repo = repo.removeprefix("datasets/")
if command == "folder":
    print(snapshot_download(repo, repo_type=repo_type, local_files_only=True))
for file in files:
    path = hf_hub_download(repo, file, repo_type=repo_type, local_files_only=command == "read")
    if command == "read":
        with open(path, "rb") as content:
            print(hashlib.sha256(content.read()).hexdigest())
