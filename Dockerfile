# Builds the bot into a small image that runs as an ordinary user. Build: docker build -t calcification-bot .
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /app/venv
COPY requirements-run.lock ./
RUN /app/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements-run.lock \
 && /app/venv/bin/pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home bot && install -d -o bot -g bot /app/data
WORKDIR /app
COPY --from=build /app/venv /app/venv
COPY bot ./bot
COPY config ./config
COPY content ./content
ENV PATH="/app/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BOT_HEALTH__ENABLED=yes
USER bot
VOLUME /app/data
# The page of the sandbox, where no token is set. Publish it to your own machine only: -p 127.0.0.1:8765:8765
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
