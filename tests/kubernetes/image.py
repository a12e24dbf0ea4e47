"""image.py OUT NAME ENTRYPOINT-JSON BUSYBOX [PROGRAM...]: writes an image as an archive that `ctr` imports.

It holds busybox and static programs; with the same arguments it is the same, byte for byte. No registry of
images is reachable where the tests run, so this stands in for the official image: the same program, `sh` and
`wget`.
"""

import hashlib
import io
import json
import os
import sys
import tarfile

out, name, entry, busybox, *programs = sys.argv[1:]
APPLETS = "cat chmod date df echo grep head hostname httpd id ls mkdir nc sed sh sleep timeout touch true wget".split()


def add(archive, name, data=None, mode=0o755, **more):
    info = tarfile.TarInfo(name)
    info.mode = mode
    for key, value in more.items():
        setattr(info, key, value)
    if data is not None:
        info.size = len(data)
    archive.addfile(info, None if data is None else io.BytesIO(data))


buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w") as layer:
    for folder in "bin dev etc proc storage sys tmp".split():
        add(layer, folder, mode=0o1777 if folder == "tmp" else 0o755, type=tarfile.DIRTYPE)
    with open(busybox, "rb") as file:
        add(layer, "bin/busybox", file.read())
    for applet in APPLETS:
        add(layer, f"bin/{applet}", type=tarfile.SYMTYPE, linkname="busybox")
    add(layer, "etc/passwd", b"root:x:0:0:root:/:/bin/sh\n", mode=0o644)
    for program in programs:
        with open(program, "rb") as file:
            add(layer, f"{os.path.basename(program)}-prod", file.read())
layer = buffer.getvalue()
config = {
    "architecture": "amd64",
    "os": "linux",
    "config": {"Entrypoint": json.loads(entry), "Env": ["PATH=/bin"]},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
}
config = json.dumps(config).encode()
digest = hashlib.sha256(config).hexdigest()
manifest = [{"Config": f"{digest}.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
with tarfile.open(out, "w") as archive:
    add(archive, f"{digest}.json", config, mode=0o644)
    add(archive, "layer.tar", layer, mode=0o644)
    add(archive, "manifest.json", json.dumps(manifest).encode(), mode=0o644)
