# docker build -t lmmcompare . && docker run --rm -p 8501:8501 --read-only --tmpfs /tmp lmmcompare
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

# The requirements first: this layer is built again only when they change.
COPY requirements.txt .
RUN pip install -r requirements.txt

COPY .streamlit .streamlit
COPY lmmcompare lmmcompare
COPY pages pages
COPY app.py .

# Bytecode is made now, by root: nothing is written at run time, so the file system may be read-only.
RUN python -m compileall -q lmmcompare pages app.py \
    && useradd --create-home --uid 1000 app
ENV PYTHONDONTWRITEBYTECODE=1
USER app

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
