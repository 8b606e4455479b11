"""The columns of each record type, as tables: name, kind, choices, help in two languages, other headers, example.

Data only. `columns` gives it its meaning. The other headers of incidents, of which there are many, stand in
`header_synonyms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from incidents import model
from incidents.header_synonyms import FALLBACKS, SYNONYMS

Kind = Literal[
    "id",
    "text",
    "words",  # several words, separated by ;
    "ref",  # the id, name or alias of another record
    "refs",  # several of them, separated by ;
    "parts",  # provider:role pairs, separated by ;
    "choice",
    "moment",
    "amount",
    "integer",
    "number",
    "day",  # a day, month, season or year kept as text
    "url",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a CSV: what it is called, what it may hold, and how it is explained to people."""

    name: str
    kind: Kind
    help_en: str
    help_fr: str
    required: bool = False
    choices: tuple[str, ...] = ()
    to: str = ""
    suffix: str = ""
    synonyms: tuple[str, ...] = ()
    example: str = ""
    fallbacks: tuple[
        str, ...
    ] = ()  # headers that mean the field where no better one is there, the best first


C = Column

_SOURCE_URL = C(
    "source_url",
    "url",
    "Address of the source.",
    "Adresse de la source.",
    to="source",
    synonyms=("source", "url", "link", "lien"),
    example="https://example.org/notice",
)
_NOTE = C("note", "text", "Remark.", "Remarque.", synonyms=("remarque", "comment", "commentaire"))
_SINCE = C(
    "since", "day", "First day, month or year.", "Premier jour, mois ou année.", synonyms=("from", "depuis")
)
_UNTIL = C(
    "until", "day", "Last day, month or year.", "Dernier jour, mois ou année.", synonyms=("to", "jusqu'à")
)
_PROVIDER = C(
    "provider_id",
    "ref",
    "Provider: id, name or alias.",
    "Acteur : identifiant, nom ou autre nom.",
    required=True,
    to="provider",
    synonyms=("provider", "fournisseur"),
    example="orange",
)


def _id(example: str = "", *, required: bool = True) -> Column:
    return C(
        "id",
        "id",
        "Identifier, unique in its kind.",
        "Identifiant, unique dans son genre.",
        required=required,
        synonyms=("identifier", "identifiant"),
        example=example,
    )


INCIDENT: tuple[Column, ...] = (
    C(
        "id",
        "id",
        "Identifier from your tool; made from title, operator and start when there is none.",
        "Identifiant de votre outil ; formé du titre, de l’opérateur et du début s’il manque.",
        example="INC-2025-0912",
        synonyms=SYNONYMS["id"],
        fallbacks=FALLBACKS["id"],
    ),
    C(
        "title",
        "text",
        "What failed, in one line.",
        "Ce qui est tombé en panne, en une ligne.",
        required=True,
        example="Television blackout on set-top boxes",
        synonyms=SYNONYMS["title"],
        fallbacks=FALLBACKS["title"],
    ),
    C(
        "status",
        "choice",
        "Where it stands; without it: resolved.",
        "Où il en est ; à défaut : resolved.",
        choices=model.STATUSES,
        example="resolved",
        synonyms=SYNONYMS["status"],
        fallbacks=FALLBACKS["status"],
    ),
    C(
        "service_ids",
        "refs",
        "Services that failed, the main one first: ids or names, separated by ;",
        "Services touchés, le principal d’abord : identifiants ou noms, séparés par ;",
        to="service",
        example="orange-tv-livebox",
        synonyms=SYNONYMS["service_ids"],
        fallbacks=FALLBACKS["service_ids"],
    ),
    C(
        "operator_id",
        "ref",
        "Who answers to the users: id, name or alias of a provider.",
        "Qui répond devant les usagers : identifiant, nom ou autre nom d’un acteur.",
        to="provider",
        example="orange",
        synonyms=SYNONYMS["operator_id"],
        fallbacks=FALLBACKS["operator_id"],
    ),
    C(
        "started_at",
        "moment",
        'When it began: ISO 8601 or as people write it ("12 Sept 2025, about 22:00").',
        "Quand il a commencé : ISO 8601 ou en toutes lettres (« 12 septembre 2025 vers 22h »).",
        required=True,
        example="12 September 2025, about 22:00",
        synonyms=SYNONYMS["started_at"],
        fallbacks=FALLBACKS["started_at"],
    ),
    C(
        "detected_at",
        "moment",
        "When somebody or something noticed it.",
        "Quand quelqu’un ou quelque chose l’a remarqué.",
        example="2025-09-12T22:04+02:00",
        synonyms=SYNONYMS["detected_at"],
        fallbacks=FALLBACKS["detected_at"],
    ),
    C(
        "aware_at",
        "moment",
        "When the operator became aware of it in the sense of the law: legal clocks start here.",
        "Quand l’opérateur en a eu connaissance au sens de la loi : les délais légaux partent d’ici.",
        example="2025-09-12T22:10+02:00",
        synonyms=SYNONYMS["aware_at"],
        fallbacks=FALLBACKS["aware_at"],
    ),
    C(
        "reported_at",
        "moment",
        "When it was first reported, to the public or to an authority.",
        "Quand il a été annoncé d’abord, au public ou à une autorité.",
        example="2025-09-12T22:20+02:00",
        synonyms=SYNONYMS["reported_at"],
        fallbacks=FALLBACKS["reported_at"],
    ),
    C(
        "resolved_at",
        "moment",
        'When all was back; "ongoing" when it is not.',
        "Quand tout est revenu ; « en cours » sinon.",
        example="12 September 2025, about 22:40",
        synonyms=SYNONYMS["resolved_at"],
        fallbacks=FALLBACKS["resolved_at"],
    ),
    C(
        "timezone",
        "text",
        "IANA time zone of times without an offset.",
        "Fuseau horaire IANA des heures sans décalage.",
        example="Europe/Paris",
        synonyms=SYNONYMS["timezone"],
    ),
    C(
        "duration",
        "amount",
        'How long the main effect lasted, in minutes or in words ("about 40 minutes").',
        "Combien de temps l’effet principal a duré, en minutes ou en mots (« une quarantaine de minutes »).",
        suffix="_minutes",
        example="about 40 minutes",
        synonyms=SYNONYMS["duration"],
        fallbacks=FALLBACKS["duration"],
    ),
    C(
        "affected",
        "amount",
        'How many were hit: a number or words ("more than 10 million").',
        "Combien ont été touchés : un nombre ou des mots (« plus de dix millions »).",
        example="more than 10 million",
        synonyms=SYNONYMS["affected"],
        fallbacks=FALLBACKS["affected"],
    ),
    C(
        "affected_unit",
        "choice",
        "What the number counts; user-hours exist for subscribers and users only.",
        "Ce que compte le nombre ; les heures-usagers n’existent que pour subscribers et users.",
        choices=model.AFFECTED_UNITS,
        example="subscribers",
        synonyms=SYNONYMS["affected_unit"],
    ),
    C(
        "region",
        "words",
        "Countries or regions (ISO 3166: FR, FR-IDF) or words, separated by ;",
        "Pays ou régions (ISO 3166 : FR, FR-IDF) ou mots, séparés par ;",
        example="FR",
        synonyms=SYNONYMS["region"],
        fallbacks=FALLBACKS["region"],
    ),
    C(
        "cause",
        "choice",
        "Root cause, in the classes of ENISA.",
        "Cause première, dans les classes de l’ENISA.",
        choices=model.CAUSES,
        example="unknown",
        synonyms=SYNONYMS["cause"],
        fallbacks=FALLBACKS["cause"],
    ),
    C(
        "technical_cause",
        "text",
        "What broke, in words.",
        "Ce qui a cassé, en mots.",
        example="Planned work on the access to the cloud platform",
        synonyms=SYNONYMS["technical_cause"],
        fallbacks=FALLBACKS["technical_cause"],
    ),
    C(
        "third_party",
        "choice",
        "Did it come through a third party?",
        "Est-il venu par un tiers ?",
        choices=model.ANSWERS,
        example="yes",
        synonyms=SYNONYMS["third_party"],
        fallbacks=FALLBACKS["third_party"],
    ),
    C(
        "planned_maintenance",
        "choice",
        "Did it begin with planned work?",
        "A-t-il commencé par des travaux prévus ?",
        choices=model.ANSWERS,
        example="yes",
        synonyms=SYNONYMS["planned_maintenance"],
        fallbacks=FALLBACKS["planned_maintenance"],
    ),
    C(
        "severity",
        "choice",
        "How bad, from none to critical.",
        "Gravité, de none à critical.",
        choices=model.SEVERITIES,
        example="major",
        synonyms=SYNONYMS["severity"],
        fallbacks=FALLBACKS["severity"],
    ),
    C(
        "summary",
        "text",
        "What happened, in a few sentences.",
        "Ce qui s’est passé, en quelques phrases.",
        example="Subscribers lost their channels on a Friday evening.",
        synonyms=SYNONYMS["summary"],
        fallbacks=FALLBACKS["summary"],
    ),
    C(
        "providers",
        "parts",
        "Who took part, as provider:role separated by ; (roles: operator, supplier, carrier, vendor, affected, regulator).",
        "Qui a pris part, en acteur:rôle séparés par ; (rôles : operator, supplier, carrier, vendor, affected, regulator).",
        to="provider",
        example="orange:operator;aws:supplier",
        synonyms=SYNONYMS["providers"],
        fallbacks=FALLBACKS["providers"],
    ),
    C(
        "tags",
        "words",
        "Free words, separated by ;",
        "Mots libres, séparés par ;",
        example="prime-time",
        synonyms=SYNONYMS["tags"],
        fallbacks=FALLBACKS["tags"],
    ),
    C(
        "inferred_fields",
        "words",
        "Fields that were judged rather than stated, separated by ;",
        "Champs déduits plutôt qu’énoncés, séparés par ;",
        example="severity",
        synonyms=SYNONYMS["inferred_fields"],
    ),
    C(
        "source_urls",
        "refs",
        "Addresses of the sources, separated by ;",
        "Adresses des sources, séparées par ;",
        to="source",
        example="https://example.org/notice",
        synonyms=SYNONYMS["source_urls"],
        fallbacks=FALLBACKS["source_urls"],
    ),
    C(
        "confidence",
        "choice",
        "What the record rests on: the text itself, press and summaries, or general knowledge.",
        "Sur quoi repose la fiche : le texte même, la presse et des résumés, ou la connaissance générale.",
        choices=model.CONFIDENCES,
        example="secondary",
        synonyms=SYNONYMS["confidence"],
    ),
    C(
        "unmatched_values",
        "words",
        "Words of the source that match no known choice (column=value), kept as they were.",
        "Mots de la source sans choix connu (colonne=valeur), gardés tels quels.",
    ),
)

UPDATE: tuple[Column, ...] = (
    _id("INC-2025-0912-01"),
    C(
        "incident_id",
        "ref",
        "The incident it belongs to.",
        "L’incident auquel elle se rapporte.",
        required=True,
        to="incident",
        synonyms=("incident",),
        example="INC-2025-0912",
    ),
    C(
        "at",
        "moment",
        "When it happened or was said.",
        "Quand cela s’est passé ou a été dit.",
        required=True,
        synonyms=("time", "date", "heure", "created_at"),
        example="2025-09-12T22:20+02:00",
    ),
    C(
        "kind",
        "choice",
        "What it is.",
        "De quoi il s’agit.",
        required=True,
        choices=model.UPDATE_KINDS,
        synonyms=("type", "status"),
        example="statement",
    ),
    C("text", "text", "The words.", "Le texte.", required=True, synonyms=("body", "texte", "message")),
    _SOURCE_URL,
)

PROVIDER: tuple[Column, ...] = (
    _id("orange"),
    C("name", "text", "Name.", "Nom.", required=True, synonyms=("nom",), example="Orange"),
    C(
        "aliases",
        "words",
        "Other names, separated by ;",
        "Autres noms, séparés par ;",
        synonyms=("autres noms",),
    ),
    C(
        "kind",
        "choice",
        "What it is.",
        "Ce qu’il est.",
        required=True,
        choices=model.PROVIDER_KINDS,
        example="operator",
    ),
    C("parent_id", "ref", "The group it belongs to.", "Le groupe auquel il appartient.", to="provider"),
    C(
        "country",
        "text",
        "Country of its seat (ISO 3166).",
        "Pays du siège (ISO 3166).",
        synonyms=("pays",),
        example="FR",
    ),
    C(
        "exposed_to",
        "refs",
        "Laws of other countries that could reach it, separated by ;",
        "Lois d’autres pays qui pourraient l’atteindre, séparées par ;",
        to="law",
    ),
    C(
        "exposed_to_basis",
        "choice",
        "What that rests on.",
        "Sur quoi cela repose.",
        choices=model.BASES,
    ),
    _NOTE,
    _SOURCE_URL,
)

OWNERSHIP: tuple[Column, ...] = (
    _id("orange--globecast"),
    C("owner_id", "ref", "Who owns.", "Qui possède.", required=True, to="provider", example="orange"),
    C(
        "owned_id",
        "ref",
        "What is owned.",
        "Ce qui est possédé.",
        required=True,
        to="provider",
        example="globecast",
    ),
    C("share_percent", "number", "Share in per cent.", "Part en pour cent.", example="100"),
    _SINCE,
    _UNTIL,
    _NOTE,
    _SOURCE_URL,
)

DESIGNATION: tuple[Column, ...] = (
    _id("orange--oiv"),
    _PROVIDER,
    C("designation", "text", "Which legal status.", "Quel statut légal.", required=True, example="oiv"),
    C(
        "status",
        "choice",
        "How it is known.",
        "Comment on le sait.",
        required=True,
        choices=model.DESIGNATION_STATUSES,
        example="publicly_stated",
    ),
    _SINCE,
    _UNTIL,
    _NOTE,
    _SOURCE_URL,
)

SERVICE: tuple[Column, ...] = (
    _id("orange-tv-livebox"),
    C("name", "text", "Name.", "Nom.", required=True, synonyms=("nom",), example="Orange TV on Livebox"),
    C("aliases", "words", "Other names, separated by ;", "Autres noms, séparés par ;"),
    _PROVIDER,
    C(
        "kind",
        "choice",
        "What it carries.",
        "Ce qu’il porte.",
        required=True,
        choices=model.SERVICE_KINDS,
        example="tv",
    ),
    C("users", "integer", "How many use it.", "Combien l’utilisent.", example="10000000"),
    C("users_as_of", "day", "Day of that figure.", "Jour de ce chiffre."),
    _NOTE,
    _SOURCE_URL,
)

DEPENDENCY: tuple[Column, ...] = (
    _id("orange-tv-livebox--aws-connect-access"),
    C(
        "from_service_id",
        "ref",
        "The service that depends.",
        "Le service qui dépend.",
        required=True,
        to="service",
        example="orange-tv-livebox",
    ),
    C(
        "on_service_id",
        "ref",
        "The service it depends on.",
        "Le service dont il dépend.",
        required=True,
        to="service",
        example="aws-connect-access",
    ),
    C("function", "text", "For what.", "Pour quoi.", required=True, example="interconnect"),
    _SINCE,
    _UNTIL,
    C("criticality", "choice", "How much.", "À quel point.", choices=model.CRITICALITIES, example="high"),
    C("claim", "text", "What the source says.", "Ce que dit la source."),
    C("basis", "choice", "What it rests on.", "Sur quoi cela repose.", choices=model.BASES, example="stated"),
    _SOURCE_URL,
)

QUALIFICATION: tuple[Column, ...] = (
    _id("numspot--iaas"),
    C("provider_id", "ref", "Provider, when it has a record.", "Acteur, s’il a une fiche.", to="provider"),
    C("provider_name", "text", "Name of the provider.", "Nom de l’acteur.", required=True),
    C("service_id", "ref", "Service, when it has a record.", "Service, s’il a une fiche.", to="service"),
    C("offer", "text", "The offer that is qualified.", "L’offre qualifiée.", required=True),
    C("service_type", "words", "IaaS, PaaS, SaaS, CaaS.", "IaaS, PaaS, SaaS, CaaS."),
    C(
        "scheme",
        "text",
        "Which qualification.",
        "Quelle qualification.",
        required=True,
        example="SecNumCloud",
    ),
    C(
        "status",
        "choice",
        "Where it stands.",
        "Où elle en est.",
        required=True,
        choices=model.QUALIFICATION_STATUSES,
    ),
    C("qualified_from", "day", "First day.", "Premier jour."),
    C("qualified_to", "day", "Last day.", "Dernier jour."),
    C("decision", "text", "Number of the decision.", "Numéro de la décision."),
    _NOTE,
    C("as_of", "day", "Day on which this was read.", "Jour où cela a été lu."),
    C("source", "text", "Where it was read.", "Où cela a été lu."),
    C("confidence", "choice", "What it rests on.", "Sur quoi cela repose.", choices=model.CONFIDENCES),
)

MILESTONE: tuple[Column, ...] = (
    _id("cloudwatt-launch"),
    C(
        "date",
        "moment",
        "When; without it the milestone is listed, not drawn.",
        "Quand ; sans date il est listé, non dessiné.",
    ),
    C("title", "text", "What, in one line.", "Quoi, en une ligne.", required=True),
    C("aliases", "words", "Other names, separated by ;", "Autres noms, séparés par ;"),
    C("kind", "choice", "What it is.", "De quoi il s’agit.", required=True, choices=model.MILESTONE_KINDS),
    C(
        "provider_ids",
        "refs",
        "Who took part, separated by ;",
        "Qui a pris part, séparés par ;",
        to="provider",
    ),
    C("amount", "number", "Sum of money.", "Somme."),
    C("currency", "text", "Its currency (ISO 4217).", "Sa monnaie (ISO 4217)."),
    C("summary", "text", "What happened.", "Ce qui s’est passé."),
    _SOURCE_URL,
)

LAW: tuple[Column, ...] = (
    _id("us-cloud-act"),
    C("name", "text", "Name.", "Nom.", required=True),
    C("name_fr", "text", "French name.", "Nom français."),
    C("aliases", "words", "Other names, separated by ;", "Autres noms, séparés par ;"),
    C("country", "text", "Whose law (ISO 3166, or EU).", "De quel pays (ISO 3166, ou EU)."),
    C("in_force_from", "day", "First day in force.", "Premier jour en vigueur."),
    C("summary", "text", "What it says.", "Ce qu’elle dit."),
    C("summary_fr", "text", "The same in French.", "Le même en français."),
    _SOURCE_URL,
)

SOURCE: tuple[Column, ...] = (
    C("url", "id", "Address.", "Adresse.", required=True, synonyms=("address", "adresse", "link", "lien")),
    C("publisher", "text", "Who published it.", "Qui l’a publié."),
    C(
        "publisher_is",
        "choice",
        "name, or host when only the host is known.",
        "name, ou host quand seul l’hôte est connu.",
        choices=("name", "host"),
    ),
    C("title", "text", "Title.", "Titre."),
    C("published_on", "day", "Day of publication.", "Jour de publication."),
)

CLAIM: tuple[Column, ...] = (
    _id("INC-2025-0912--duration--1"),
    C("record_type", "text", "Kind of the record.", "Genre de la fiche.", required=True, example="incident"),
    C("record_id", "text", "The record.", "La fiche.", required=True),
    C(
        "field",
        "text",
        "The field it speaks of.",
        "Le champ dont il parle.",
        required=True,
        example="duration",
    ),
    C("value", "text", "What the source says.", "Ce que dit la source.", required=True),
    C("basis", "choice", "What it rests on.", "Sur quoi cela repose.", required=True, choices=model.BASES),
    _SOURCE_URL,
    _NOTE,
)

TRANSLATION: tuple[Column, ...] = (
    _id(required=False),
    C("record_type", "text", "Kind of the record.", "Genre de la fiche.", required=True, example="incident"),
    C("record_id", "text", "The record.", "La fiche.", required=True),
    C("field", "text", "The field.", "Le champ.", required=True, example="title"),
    C("language", "text", "Language (ISO 639).", "Langue (ISO 639).", required=True, example="fr"),
    C("text", "text", "The words.", "Le texte.", required=True),
)
