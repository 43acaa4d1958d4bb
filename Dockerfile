# syntax=docker/dockerfile:1
# The server in a small image: built in one stage, run in another that holds nothing but it.

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
# TLS to PostgreSQL is in; its OpenSSL is built along, so the run stage needs no library.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --features tls --package chit-chat-server --bin chit-chat \
    && install target/release/chit-chat /usr/local/bin/chit-chat

FROM debian:bookworm-slim
# A new volume takes over the owner of the folder that it is mounted on.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/chit-chat
# For sslrootcert=system.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/bin/chit-chat /usr/local/bin/chit-chat
USER 10001:10001
WORKDIR /var/lib/chit-chat
# The allocator's default of eight arenas per processor keeps more memory and is no faster here.
ENV LISTEN=0.0.0.0:8080 \
    DATABASE_URL=sqlite:///var/lib/chit-chat/chit-chat.db \
    JWT_SECRET_FILE=/var/lib/chit-chat/jwt-secret \
    MALLOC_ARENA_MAX=2
EXPOSE 8080
VOLUME /var/lib/chit-chat
# SIGTERM ends it within 10 s.
ENTRYPOINT ["chit-chat"]
CMD ["serve"]
