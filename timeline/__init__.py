"""The web service over the records: `create_app` is the one place where its parts are put together.

Knows every part by name and the order in which they stand. Decides nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Make the application from settings: `config` (names without `TIMELINE_`), then `TIMELINE_*`, then defaults.

    Beside the settings, `config` may carry `NOW` (a callable giving aware UTC), `STORE` (a store that is already
    open) and any key of Flask's own, such as `TESTING`. Creates the database with the bundled records when it
    does not exist. Raises `TimelineError` for a setting, database or secret that cannot be used.
    """
    # Imported here, so that the commands that serve nothing start without the web's libraries.
    from datetime import UTC, datetime, timedelta

    from flask import Flask
    from flask.json.provider import DefaultJSONProvider

    from incidents import open_store
    from timeline import (
        assets,
        context,
        credentials,
        downloads,
        edit_pages,
        errors,
        history_pages,
        import_history_pages,
        import_job_pages,
        import_jobs,
        imports,
        merge_pages,
        records,
        schema_page,
        security,
        service,
        settings,
        uploads,
        views,
        wording,
    )
    from timeline.build import build_mark

    config = dict(config or {})
    values = settings.read_settings(config)
    app = Flask("timeline")
    app.config.update({name: value for name, value in config.items() if name not in values})
    app.config.update(values)
    app.config.setdefault("NOW", lambda: datetime.now(UTC))
    app.config["BUILD"] = build_mark()
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=int(app.config["SESSION_HOURS"]))
    # The form's other fields and the multipart framing come on top of the file itself.
    app.config["MAX_CONTENT_LENGTH"] = int(app.config["MAX_UPLOAD_BYTES"]) + 64 * 1024
    in_order = DefaultJSONProvider(app)
    in_order.sort_keys = False
    app.json = in_order

    database = str(app.config["DATABASE"])
    app.extensions["store"] = app.config.get("STORE") or open_store(database, at=app.config["NOW"]())

    app.extensions["import_jobs"] = import_jobs.Jobs(app.extensions["store"], uploads.staged_folder(database))

    wording.connect(app)
    security.connect(
        app,
        secret=credentials.session_secret(database),
        token=credentials.sign_in_token(str(app.config["TOKEN"])),
    )
    errors.connect(app)
    app.before_request(security.guard)
    app.before_request(context.answer_unchanged)
    # Flask runs these in reverse: first the headers, which say whether an answer may be kept, then its tag.
    app.after_request(context.tag_answer)
    app.after_request(security.add_headers)

    for part in (
        views,
        records,
        downloads,
        edit_pages,
        merge_pages,
        history_pages,
        imports,
        import_job_pages,
        import_history_pages,
        schema_page,
        security,
        service,
    ):
        app.register_blueprint(part.pages)
    assets.connect(app)
    security.scope("read")(app.view_functions["static"])
    return app
