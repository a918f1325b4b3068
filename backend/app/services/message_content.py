"""What a message says, checked and put into the shape that a version keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain import templating
from app.domain.errors import FieldError, InvalidError
from app.domain.refs import Ref
from app.models.messages import MessageVersion
from app.models.templates import Template
from app.repositories import templates as template_rows
from app.services import template_parameters, templates


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a message as a person writes them; only those of its kind are set."""

    kind: str
    category: str | None = None
    content: str | None = None
    preview_url: bool = False
    template_id: UUID | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What goes into a version."""

    kind: str
    category: str
    content: dict[str, Any]


def check(session: Session, workspace_id: UUID, draft: Draft) -> Checked:
    """Read a draft. Raises InvalidError naming each field that is wrong."""
    if draft.kind == "text":
        return _text(draft)
    if draft.kind == "template":
        return _template(session, workspace_id, draft)
    raise InvalidError.not_supported_yet("kind")


def draft_of(version: MessageVersion) -> Draft:
    """A version as its author wrote it."""
    content = version.content
    if version.kind == "text":
        return Draft("text", version.category, content["text"], content["preview_url"])
    id_ = UUID(content["template_id"])
    return Draft("template", version.category, template_id=id_, parameters=content["parameters"])


def _text(draft: Draft) -> Checked:
    if draft.template_id is not None:
        raise _not_for_kind("template", "text")
    if not (draft.content and draft.content.strip()):
        raise InvalidError.of("content", "required", "A text message needs content.")
    if draft.category is None:
        raise InvalidError.of("category", "required", "A text message needs a category.")
    templating.check(draft.content, "content")
    content = {"text": draft.content, "preview_url": draft.preview_url}
    return Checked("text", draft.category, content)


def _template(session: Session, workspace_id: UUID, draft: Draft) -> Checked:
    if draft.content is not None:
        raise _not_for_kind("content", "template")
    if draft.template_id is None:
        raise InvalidError.of("template", "required", "A template message needs a template.")
    template = template_rows.find(session, Ref(workspace_id, draft.template_id))
    if template is None or template.status == template_rows.GONE:
        raise InvalidError.unknown_reference("template.template_id", draft.template_id)
    return of_template(template, draft.parameters)


def of_template(template: Template, parameters: Mapping[str, Any]) -> Checked:
    """A template with the parameters of a draft. Raises InvalidError when they don't fit."""
    shape = templates.shape_of(template)
    if shape.unsupported:
        parts = ", ".join(shape.unsupported)
        field_ = "template.template_id"
        message = f"{field_}: this version can't send templates with {parts} yet."
        raise InvalidError.of(field_, "not_supported_yet", message)
    given = dict(template_parameters.flat(parameters))
    errors = _parameter_errors(
        template_parameters.missing(shape, given), given, template_parameters.allowed(shape)
    )
    if errors:
        detail = "; ".join(error.message for error in errors)
        raise InvalidError(detail, code=errors[0].code, errors=errors)
    content = {
        "template_id": str(template.id),
        "parameters": dict(parameters),
        **templates.as_listed(template),
    }
    return Checked("template", template.category, content)


def _parameter_errors(
    missing: list[str], given: Mapping[str, str], allowed: frozenset[str]
) -> list[FieldError]:
    errors = [_parameter_error(path, "template_parameters", "needs a value") for path in missing]
    for path, text in given.items():
        if path not in allowed:
            errors.append(_parameter_error(path, "template_parameters", "is not in the template"))
        elif path == "header.media_id":
            errors.append(_parameter_error(path, "not_supported_yet", "is not supported yet"))
        elif not text.strip() and path not in missing:
            errors.append(_parameter_error(path, "template_parameters", "is empty"))
        else:
            errors += _liquid_errors(path, text)
    return errors


def _liquid_errors(path: str, text: str) -> list[FieldError]:
    try:
        templating.check(text, _field(path))
    except templating.TemplateError as error:
        return list(error.errors)
    return []


def _parameter_error(path: str, code: str, problem: str) -> FieldError:
    return FieldError(_field(path), code, f"{_field(path)} {problem}.")


def _field(path: str) -> str:
    return f"template.parameters.{path}"


def _not_for_kind(field_: str, kind: str) -> InvalidError:
    return InvalidError.of(field_, "not_for_kind", f"A {kind} message has no {field_}.")
