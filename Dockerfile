# vmsc alone: a binary that needs no libraries, on any base or on none.
#
#     rustup target add x86_64-unknown-linux-gnu
#     RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --target x86_64-unknown-linux-gnu
#     docker build -t vmsc -f Dockerfile target/x86_64-unknown-linux-gnu/release
#     docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" vmsc check
ARG BASE=scratch
FROM ${BASE}
COPY vmsc /usr/local/bin/vmsc
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/vmsc"]
