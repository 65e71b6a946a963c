# The proxy: Debian's HAProxy, the version that `make load` measures and tests/test_deploy.py checks the configuration with.
FROM debian:12.12-slim

RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends haproxy=2.6.12-* && rm -rf /var/lib/apt/lists/*
COPY haproxy.cfg /etc/haproxy/haproxy.cfg

USER haproxy
EXPOSE 8080
CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]
