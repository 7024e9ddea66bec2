# A small image of `newsqa serve`: non-root, read-only root, everything it needs inside.
#
#   docker build -t newsqa .
#   docker run --rm -v newsqa:/data -v "$PWD/seeds:/articles:ro" newsqa index /articles
#   docker run --rm -p 127.0.0.1:8000:8000 -e NEWSQA_SERVER__API_KEY=change-me-please -v newsqa:/data newsqa

FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/newsqa
COPY constraints.txt ./
RUN /opt/newsqa/bin/pip install --no-cache-dir --upgrade pip -c constraints.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY rag rag
COPY api api
COPY eval eval
RUN /opt/newsqa/bin/pip install --no-cache-dir -c constraints.txt . \
 && /opt/newsqa/bin/python -m compileall -q /opt/newsqa/lib \
 && /opt/newsqa/bin/pip uninstall -q -y pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --no-create-home newsqa \
 && install -d -o newsqa -g newsqa /data
COPY --from=build /opt/newsqa /opt/newsqa
ENV PATH=/opt/newsqa/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NEWSQA_INDEX=/data/index \
    NEWSQA_SERVER__HOST=0.0.0.0 \
    ANONYMIZED_TELEMETRY=False \
    DO_NOT_TRACK=1 \
    HF_HUB_OFFLINE=1 \
    MALLOC_ARENA_MAX=2 \
    HOME=/tmp
USER newsqa
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["newsqa"]
CMD ["serve"]
