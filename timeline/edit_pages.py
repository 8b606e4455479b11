"""An incident entered, corrected and deleted in the page: a form, a look at what it would change, then the change.

Only routes. What a text means is decided by the record's own reader; a change is made, or refused, by the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from incidents import (
    ChangedMeanwhileError,
    Draft,
    ExistsAlreadyError,
    Extended,
    FormProblem,
    Incident,
    NewName,
    NewNameError,
    Provider,
    Service,
    StoreLookup,
    alike,
    as_seen,
    belongings_of,
    changed_columns,
    delete_incident,
    extended,
    fill,
    mark_of,
    outdated_translations,
    read_form,
    save_incident,
    type_of,
)
from timeline import context, edit_form
from timeline.column_words import READ, heading, told_apart, understood, value_words
from timeline.edit_form import TAKE, Clash
from timeline.edit_names import carried_names, column_of, named_by, names_of
from timeline.edit_texts import Typed, carried, typed_from, typed_of, untouched
from timeline.labels import label
from timeline.likeness_words import pair_words
from timeline.records import found
from timeline.security import rights, scope
from timeline.wording import LANGUAGES, _, language

pages = Blueprint("edits", __name__)

ACTOR = "sign-in link"
LONGEST_WHY = 500
MORE = "more:"


def shown(template: str, status: int = 200, **values: Any) -> Response:
    """Show a page that is meant for the signed-in visitor alone, and kept nowhere."""
    response = Response(render_template(template, **values), status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def sign_in_first(aim: str) -> str | None:
    """Give the page that says how to sign in, for who may not change the record; None for who may."""
    if "import" in rights():
        return None
    onward = url_for(str(request.endpoint), **{**(request.view_args or {}), **request.args.to_dict()})
    return render_template("sign_in.html", onward=onward, wanted=True, aim=aim)


def why() -> str | None:
    """Give the reason that the visitor wrote for the change."""
    return request.form.get("why", "").strip()[:LONGEST_WHY] or None


@pages.get("/incident/new")
@scope("read")
def new() -> Response | str:
    """Show the empty form."""
    zone = context.zone().key
    return sign_in_first(_("Enter an incident")) or _form(None, Typed({"timezone": zone}), None)


@pages.post("/incident/new")
@scope("import")
def send_new() -> AnyResponse:
    """Check the form, show what it would add, or add it, by the button that was pressed."""
    typed = typed_of(request.form)
    names = names_of(request.form, typed)
    draft, beside = _read(typed, None, frozenset(), names)
    asked = request.form.get("do", "check")
    if draft.incident is None or asked.startswith(MORE) or asked == "form":
        return _form(None, typed, draft, names=names)
    if asked != "save":
        return _preview(None, draft, typed, names=names, beside=beside)
    try:
        made = save_incident(
            context.store(),
            draft.incident,
            seen=None,
            actor=ACTOR,
            at=context.now(),
            why=why(),
            beside=beside,
        )
    except ExistsAlreadyError as error:
        problem = FormProblem("id", error.code, error.message, error.params, error.hint)
        return _form(None, typed, draft, problems=(problem,), names=names, status=409)
    return _done(draft.incident.id, made)


@pages.get("/incident/<path:record_id>/edit", merge_slashes=False)
@scope("read")
def edit(record_id: str) -> Response | str:
    """Show the form with what is on record."""
    if page := sign_in_first(_("Correct an incident")):
        return page
    revision = context.store().revision()
    incident = found("incident", record_id)
    return _form(incident, _typed_from(incident), None, opened=_opened(incident, revision))


@pages.post("/incident/<path:record_id>/edit", merge_slashes=False)
@scope("import")
def send_edit(record_id: str) -> AnyResponse:
    """Check the form, show what it would change, or change it; who was overtaken sees both values."""
    store = context.store()
    revision = store.revision()
    now: Incident = found("incident", record_id)
    tongue = request.form.get("tongue", "")
    tongue = tongue if tongue in LANGUAGES else language()
    typed, current = typed_of(request.form), _typed_from(now, tongue)
    clashes: dict[str, Clash] = {}
    if request.form.get("seen") != mark_of(now):
        before = as_seen(store, now, request.form.get("revision", 0, type=int), request.form.get("seen", ""))
        clashes = _clashes(now, typed, current, _typed_from(before, tongue) if before else None)
    for column in current.texts:
        if f"{TAKE}{column}" in request.form:
            typed.take(column, current)
    names = names_of(request.form, typed)
    draft, beside = _read(typed, now, untouched(typed, current), names)
    opened = _opened(now, revision, tongue)
    asked = request.form.get("do", "check")
    if clashes or draft.incident is None or asked.startswith(MORE) or asked == "form":
        status = 409 if clashes else None
        return _form(now, typed, draft, opened=opened, clashes=clashes, names=names, status=status)
    if asked != "save":
        return _preview(now, draft, typed, opened, names=names, beside=beside)
    try:
        made = save_incident(
            store,
            draft.incident,
            seen=opened["seen"],
            actor=ACTOR,
            at=context.now(),
            why=why(),
            beside=beside,
        )
    except ChangedMeanwhileError:
        # Somebody slipped between our look and the write: look again.
        return send_edit(record_id)
    return _done(record_id, made)


@pages.get("/incident/<path:record_id>/delete", merge_slashes=False)
@scope("read")
def delete(record_id: str) -> Response | str:
    """Ask before deleting, and say what goes with it."""
    return sign_in_first(_("Delete an incident")) or _deletion(found("incident", record_id))


def _deletion(incident: Incident, *, changed: bool = False) -> Response:
    belongings = belongings_of(context.store(), incident.id)
    return shown(
        "incident_delete.html",
        incident=incident,
        belongings=belongings,
        mark=mark_of(incident),
        changed=changed,
        status=409 if changed else 200,
    )


@pages.post("/incident/<path:record_id>/delete", merge_slashes=False)
@scope("import")
def send_delete(record_id: str) -> AnyResponse:
    """Delete the incident with what refers to it."""
    incident: Incident = found("incident", record_id)
    try:
        made = delete_incident(
            context.store(),
            record_id,
            seen=request.form.get("seen", ""),
            actor=ACTOR,
            at=context.now(),
            why=why(),
        )
    except ChangedMeanwhileError:
        return _deletion(incident, changed=True)
    return redirect(url_for("histories.history", record_id=record_id, made=made), code=303)


@pages.get("/incident/read.json")
@scope("import")
def read() -> Response:
    """Say what one text of the form is understood as, while it is typed."""
    column = request.args.get("column", "")
    zone = edit_form.known_zone(request.args.get("zone", ""), context.zone().key)
    said = understood(column, request.args.get("text", ""), zone) if column in READ else None
    answer = {"words": said.words, "problem": said.problem, "remedy": said.remedy} if said else {}
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lookup() -> StoreLookup:
    return StoreLookup(context.store())


def _typed_from(incident: Incident, tongue: str | None = None) -> Typed:
    return typed_from(context.store(), _lookup(), incident, tongue)


def _read(
    typed: Typed, before: Incident | None, kept: frozenset[str], names: Sequence[NewName]
) -> tuple[Draft, tuple[Provider | Service, ...]]:
    """Read the form; gives with the draft the new providers and services that it names."""
    lookup: StoreLookup | Extended = _lookup()
    fault: FormProblem | None = None
    made: tuple[Provider | Service, ...] = ()
    try:
        lookup = wide = extended(lookup, names, typed.texts.get("operator_id", ""))
        made = wide.records
    except NewNameError as error:
        column = column_of(str(error.params.get("value", "")), typed)
        fault = FormProblem(column, error.code, error.message, error.params, error.hint)
    draft = read_form(
        typed.texts,
        lookup=lookup,
        before=before,
        untouched=kept,
        zone=context.zone().key,
        today=context.now().astimezone(context.zone()).date(),
    )
    if fault is not None:
        others = tuple(p for p in draft.problems if p.column != fault.column)
        return Draft(None, (fault, *others), draft.remarks), ()
    return draft, named_by(draft.incident, made) if draft.incident else ()


def _opened(incident: Incident, revision: int, tongue: str | None = None) -> dict[str, str]:
    """Say which state of the record a form shows: what goes with it and comes back."""
    return {"seen": mark_of(incident), "revision": str(revision), "tongue": tongue or language()}


def _clashes(now: Incident, typed: Typed, current: Typed, before: Typed | None) -> dict[str, Clash]:
    """Compare what is typed, what was shown and what is on record now; take over what was changed elsewhere alone."""
    found_: dict[str, Clash] = {}
    for column, theirs in current.texts.items():
        mine, base = typed.texts.get(column, ""), before.texts.get(column, "") if before else None
        if theirs in (base, mine):
            continue
        words = value_words(context.store(), column, getattr(now, column), zone=now.timezone)
        found_[column] = Clash(words or _("not known"), both=mine != base)
        if mine == base:
            typed.take(column, current)
    return found_


def _form(
    incident: Incident | None,
    typed: Typed,
    draft: Draft | None,
    *,
    opened: Mapping[str, str] | None = None,
    clashes: Mapping[str, Clash] | None = None,
    problems: tuple[FormProblem, ...] = (),
    names: Sequence[NewName] = (),
    status: int | None = None,
) -> Response:
    store = context.store()
    asked = request.form.get("do", "")
    more = (asked.removeprefix(MORE),) if asked.startswith(MORE) else ()
    faults = [*(draft.problems if draft else ()), *problems]
    if more or asked == "form":
        # Nobody asked whether it holds yet: the form is only shown again.
        faults, draft = [], replace(draft, problems=()) if draft else None
    groups = edit_form.groups_of(
        typed,
        draft=draft,
        zone=context.zone().key,
        fresh=incident is None,
        clashes=clashes,
        problems=problems,
        more=more,
        new=names,
    )
    columns = {view.column for group in groups for view in group.fields}
    return shown(
        "incident_form.html",
        status=status or (400 if faults else 200),
        incident=incident,
        groups=groups,
        opened=opened or {},
        clashes=clashes or {},
        general=[edit_form.said(fault) for fault in faults if fault.column not in columns],
        faulty=[view for group in groups for view in group.fields if view.problems],
        clashing=[view for group in groups for view in group.fields if view.clash],
        reason=why() or "",
        roles=edit_form.role_options(),
        providers=edit_form.suggestions(store, "provider"),
        services=edit_form.suggestions(store, "service"),
        zones=edit_form.ZONES,
        more=more[0] if more else "",
        reads=READ,
    )


def _preview(
    before: Incident | None,
    draft: Draft,
    typed: Typed,
    opened: Mapping[str, str] | None = None,
    *,
    names: Sequence[NewName] = (),
    beside: Sequence[Provider | Service] = (),
) -> Response:
    """Show what a form would write, old beside new."""
    store = context.store()
    after = cast("Incident", draft.incident)
    rows = []
    for name in changed_columns(before, after) if before else edit_form.told(after):
        was = getattr(before, name) if before else None
        old, new = told_apart(store, name, was, getattr(after, name), zone=after.timezone)
        rows.append({"label": heading(name), "old": old, "new": new})
    near = alike(store, after) if before is None else ()
    return shown(
        "incident_check.html",
        before=before,
        after=after,
        rows=rows,
        fields=(*carried(typed), *carried_names(names)),
        remarks=[fill(_(remark.message), remark.params) for remark in draft.remarks],
        added=[(record.name, label(record.kind, f"{type_of(record)}_kind")) for record in beside],
        opened=opened or {},
        reason=why() or "",
        near=[pair_words(store, pair) for pair in near],
        outdated=[heading(t.field) for t in outdated_translations(store, before, after)] if before else [],
    )


def _done(record_id: str, made: int | None) -> AnyResponse:
    """Go on to the page of the incident; it says what was done."""
    return redirect(url_for("records.incident", record_id=record_id, made=made), code=303)
