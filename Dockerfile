# Lamplighter's web, worker and beat processes and its management commands. deploy/compose.yaml runs them.

FROM python:3.13-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
# GeoDjango loads GDAL, which brings GEOS and PROJ.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgdal36 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/lamplighter

FROM base AS build
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends gettext \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements*.txt ./
# Set to 1 for an image that can also run train_suggestions.
ARG TRAINING=
RUN pip install --no-cache-dir --require-hashes -r requirements.txt ${TRAINING:+-r requirements-train.txt}
COPY . .
RUN python -c 'from config.stack.words import compile_changed; from pathlib import Path; compile_changed(Path("locale"))'
# Django won't load its settings without a key; this one signs nothing and stays in this layer.
RUN SECRET_KEY=only-for-collectstatic python manage.py collectstatic --noinput

FROM base
RUN useradd --system --user-group --uid 10001 --no-create-home --home-dir /nonexistent lamplighter
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/lamplighter /srv/lamplighter
# A new volume takes its owner from the folder it is mounted on.
RUN install -d -o lamplighter -g lamplighter var var/media var/suggestions var/away /var/lib/lamplighter /run/lamplighter-metrics
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "config.wsgi:application", "--config=config/gunicorn.py", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--timeout=60", "--graceful-timeout=5", "--no-control-socket"]
