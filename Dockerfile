# syntax=docker/dockerfile:1
# Builds the server in one stage, and copies only the binary into a small image.

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
# The `tls` feature compiles OpenSSL in, so the final image needs no library for TLS to PostgreSQL.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --features tls --package chit-chat-server --bin chit-chat \
    && install target/release/chit-chat /usr/local/bin/chit-chat

FROM debian:bookworm-slim
# A new volume takes its owner from the folder that it is mounted on.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/chit-chat
# For sslrootcert=system.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/bin/chit-chat /usr/local/bin/chit-chat
USER 10001:10001
WORKDIR /var/lib/chit-chat
# By default the allocator has eight arenas per processor, which use more memory and are no faster here.
ENV LISTEN=0.0.0.0:8080 \
    DATABASE_URL=sqlite:///var/lib/chit-chat/chit-chat.db \
    JWT_SECRET_FILE=/var/lib/chit-chat/jwt-secret \
    MALLOC_ARENA_MAX=2
EXPOSE 8080
VOLUME /var/lib/chit-chat
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${LISTEN##*:} && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 OK' <&3"]
# The server stops within 10 s of SIGTERM.
ENTRYPOINT ["chit-chat"]
CMD ["serve"]
