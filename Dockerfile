# One image for all processes; which one it is, its command says (see Procfile).

FROM node:24-slim AS dashboard
WORKDIR /src
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
RUN npm run build

FROM python:3.11-slim AS libraries
COPY backend/requirements-uv.txt backend/requirements.txt /src/
# Two environments, so that the installer itself does not reach the image.
RUN python -m venv /uv \
    && /uv/bin/pip install --no-cache-dir --require-hashes -r /src/requirements-uv.txt \
    && python -m venv --without-pip /venv \
    && /uv/bin/uv pip install --no-cache --python /venv/bin/python --compile-bytecode \
        --require-hashes -r /src/requirements.txt

FROM python:3.11-slim
# The pinned zone data is the one to believe, not the system's: hence the empty search path.
ENV PATH=/venv/bin:/srv/backend/bin:$PATH \
    PYTHONPATH=/srv/backend \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONTZPATH="" \
    ENV=production \
    HOST=:: \
    WEB_WORKERS=2
WORKDIR /srv
COPY --from=libraries /venv /venv
COPY alembic.ini ./
COPY backend/migrations backend/migrations
COPY backend/app backend/app
COPY backend/bin backend/bin
COPY --from=dashboard /src/dist frontend/dist
# A number, so that a host can verify it is not root.
USER 10001:10001
EXPOSE 8000
CMD ["/bin/sh", "-c", "exec uvicorn app.main:app --host ${HOST:-::} --port ${PORT:-8000} --workers ${WEB_WORKERS:-2} --timeout-graceful-shutdown 5"]
