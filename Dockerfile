# The app. `docker compose up --build` runs it as it is meant to be deployed: docs/deploy.md. By itself:
#   docker build -t lmmcompare . && docker run --rm -p 8501:8501 --read-only --tmpfs /tmp -v lmmcompare:/data lmmcompare
# Debian's own Python, which gets Debian's security fixes, and on which tests/image runs these very steps without Docker.
FROM debian:12.12-slim AS build

RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-venv
RUN python3 -m venv /venv

# What the app needs comes first: these layers are built again only when the lock changes.
COPY requirements.lock /build/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: --require-hashes -r /build/requirements.lock
# The libraries' own tests and pip are never run.
RUN find /venv -depth -type d -name tests -not -path "*/streamlit/*" -exec rm -r {} + && /venv/bin/pip uninstall -q -y pip setuptools

COPY .streamlit /app/.streamlit
COPY lmmcompare /app/lmmcompare
COPY pages /app/pages
COPY static /app/static
COPY app.py router.py /app/
# Bytecode is made here: where the app runs, nothing is written to its files.
RUN /venv/bin/python -m compileall -q /app


FROM debian:12.12-slim

LABEL org.opencontainers.image.title="lmmcompare" \
      org.opencontainers.image.description="OLS, group dummies and mixed models side by side on the same rows, and why they differ" \
      org.opencontainers.image.base.name="docker.io/library/debian:12.12-slim"

RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --no-create-home --home-dir /tmp app && install -d -o app /data

COPY --from=build /venv /venv
COPY --from=build /app /app

# One process is one core's worth: BLAS threads on top only wait for one another. Shared tables are kept below /data.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 XDG_DATA_HOME=/data
WORKDIR /app
USER app

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
