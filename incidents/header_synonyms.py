"""Headers under which files give the fields of an incident, English and French, those of ticket tools among them.

Data only. `column_tables` puts them with their columns; `header_words` folds how they are spelt (case, accents,
punctuation, `IncidentNumber`, units and zones in brackets), so that each is written here once.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(";"))


SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "id": _words(
        """
        incident_id; identifier; identifiant; incident number; incident_no; incident ref; incident reference;
        incident key; n° incident; numéro incident; id incident
        """
    ),
    "title": _words("titre; intitulé; objet; libellé"),
    "status": _words("statut; state; état"),
    "service_ids": _words(
        """
        service; services; service_id; affected service; affected services; service touché; services touchés;
        service impacté; services impactés; impacted service; impacted services
        """
    ),
    "operator_id": _words("operator; opérateur; provider; fournisseur; company; société"),
    "started_at": _words(
        """
        start; started; start time; start date; start date time; start datetime; début; date de début; date
        début; heure de début; date et heure de début; date heure début; commencé le; start timestamp; date time
        start
        """
    ),
    "detected_at": _words(
        """
        detected; détecté le; date de détection; detection time; detection date; time detected
        """
    ),
    "aware_at": _words(
        """
        aware; awareness; connaissance; date de connaissance; pris connaissance le; date aware; aware date
        """
    ),
    "reported_at": _words(
        """
        reported; signalé le; déclaré le; date de déclaration; reported date; date reported
        """
    ),
    "resolved_at": _words(
        """
        end; ended_at; ended; end time; end date; end date time; end datetime; resolved; fin; date de fin; heure
        de fin; date et heure de fin; date heure fin; résolu le; date de résolution; resolution time; resolution
        date; end timestamp; date time end
        """
    ),
    "timezone": _words("time_zone; tz; fuseau; fuseau horaire"),
    "duration": _words("duration_minutes; durée; durée (min); durée en minutes"),
    "affected": _words(
        """
        affected users; users affected; impacted; touchés; clients touchés; abonnés touchés
        """
    ),
    "affected_unit": _words("unit; unité"),
    "region": _words("country; pays; région; zone; area; location; localisation"),
    "cause": _words("root cause; root_cause; cause racine; type de cause"),
    "technical_cause": _words("cause technique; cause details; cause description"),
    "third_party": _words("third party; tiers; via un tiers"),
    "planned_maintenance": _words(
        "planned; maintenance; maintenance planifiée; travaux programmés; scheduled"
    ),
    "severity": _words("gravité; sévérité"),
    "summary": _words("description; résumé; details; détails"),
    "providers": _words("suppliers; supplier; fournisseurs; prestataire; prestataires; third parties"),
    "tags": _words("labels; étiquettes; mots-clés"),
    "inferred_fields": _words("inferred; déduits"),
    "source_urls": _words("source_url; sources; url; link; lien; liens"),
    "confidence": _words("confiance"),
}
"""Other names of a field: of two in one file neither is better, and the import asks."""

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "id": _words(
        """
        number; numéro; n°; no; num; ticket id; ticket number; ticket no; numéro de ticket; n° ticket; issue
        key; ticket; key; clé; référence; reference; ref; réf; issue id; event id; case number; case id; uid;
        uuid; id ticket; incidents; incident
        """
    ),
    "title": _words(
        """
        short_description; subject; name; nom; headline; incident name; incident title; nom de l'incident;
        libellé court; résumé court; description courte; titre du ticket; sujet; event type; type d'incident;
        incident type; summary of incident; issue; summary; résumé; description; event; événement; what
        happened; ce qui s'est passé; incident; nature de l'incident; natures de la violation; nature de la violation
        """
    ),
    "status": _words(
        """
        incident status; incident state; current status; ticket status; issue status; étape; stage
        """
    ),
    "service_ids": _words(
        """
        business service; service name; nom du service; service offering; application; applications; app;
        product; produit; system; système; affected system; système touché; components; component; composant;
        composants; cmdb_ci; configuration item; élément de configuration
        """
    ),
    "operator_id": _words(
        """
        operator name; opérateur concerné; company name; nom de la société; entreprise; organisation;
        organization; organisation name; organization name; utility; carrier; vendor; éditeur; isp; fai;
        exploitant
        """
    ),
    "started_at": _words(
        """
        downtime_start; impact start; impact_start; outage start; outage began; outage start time; start of
        outage; début de panne; début de la panne; début de l'interruption; début d'impact; début de l'impact;
        incident start; incident began; began_at; began; begin; begins; begin time; beginning; event began; date
        event began; time event began; occurred_at; occurred; occurred on; date occurred; occurrence date; date
        of occurrence; date of incident; incident date; date de l'incident; date de survenance; survenu le;
        start_at; starts_at; from; du; opened_at; opened; opened on; open time; open date; opening date; date
        d'ouverture; ouvert le; date ouverture; created_at; created; created on; created date; creation date;
        date de création; créé le; date created; sys_created_on; started on; timestamp; horodatage; date time;
        datetime; date heure; date et heure; date; when; quand; jour
        """
    ),
    "detected_at": _words(
        """
        acknowledged_at; acknowledged; acknowledged on; discovered_at; date discovered; discovery date; date de
        découverte; découvert le; identified_at; pris en charge le; date de prise en compte
        """
    ),
    "aware_at": _words("became aware; date of awareness; prise de connaissance"),
    "reported_at": _words(
        """
        reported on; report date; date de signalement; date du signalement; date submitted; submitted_at;
        submitted; submitted on; notified_at; notified on; notification date; date de notification; notifié le;
        announced_at; published_at; date année du signalement; date de réception de la notification; date de
        réception; date received; received on
        """
    ),
    "resolved_at": _words(
        """
        resolved on; resolved date; date resolved; resolutiondate; restored_at; restored; restoration time; date
        of restoration; time of restoration; date event ended; time event ended; rétabli le; rétablissement;
        date de rétablissement; heure de rétablissement; service restored; downtime_end; impact end; impact_end;
        outage end; outage end time; outage ended; fin de panne; fin de la panne; fin de l'interruption; fin
        d'impact; fin de l'impact; incident end; end_at; ends_at; finish; finished; finished_at; completed_at;
        to; au; closed_at; closed; closed on; closed date; close date; date closed; closing date; date de
        clôture; clôturé le; clos le; fermé le; date de fermeture
        """
    ),
    "duration": _words(
        """
        minutes; downtime; downtime minutes; outage duration; durée de la panne; durée d'interruption; durée
        d'indisponibilité; duration seconds; duration hours; seconds to resolve; time to resolve; time to
        restore; temps de résolution; temps de rétablissement; calendar_duration; length; elapsed
        """
    ),
    "affected": _words(
        """
        number affected; affected customers; customers affected; number of customers affected; users impacted;
        impacted users; customers impacted; customer count; subscribers affected; affected subscribers;
        utilisateurs touchés; utilisateurs impactés; utilisateurs affectés; clients impactés; clients affectés;
        abonnés impactés; abonnés affectés; usagers touchés; usagers concernés; nombre de clients touchés;
        nombre de clients; nombre d'abonnés; nombre d'utilisateurs; nombre de personnes touchées; personnes
        touchées; people affected; individuals affected; population affected; affected count; nb clients; nb
        abonnés; nb utilisateurs; nombre de personnes impactées; nombre de personnes concernées
        """
    ),
    "region": _words(
        """
        regions; area affected; affected area; zone touchée; lieu; site; place; city; ville; département;
        province; provinces; province name; region name; nom de la région; state name; state or province;
        geography; territoire; commune; localité; county; counties; state
        """
    ),
    "cause": _words(
        """
        causes; cause category; cause class; root cause category; catégorie de cause; reason category; nature de la
        cause
        """
    ),
    "technical_cause": _words(
        """
        root cause description; description de la cause; détail de la cause; resolution notes; close_notes;
        notes de résolution; cause détaillée; why it happened; causes; raison; reason; motif
        """
    ),
    "third_party": _words("third party involved; supplier involved; tiers impliqué"),
    "planned_maintenance": _words("planned work; scheduled maintenance; is planned; maintenance programmée"),
    "severity": _words(
        """
        severity level; niveau de gravité; impact; incident impact; impact level; niveau d'impact; criticité;
        criticality; priority; priorité; niveau de priorité; urgency; urgence
        """
    ),
    "summary": _words(
        """
        summary; long description; description longue; full description; description complète; body; message;
        narrative; event description; description de l'incident; commentaire; commentaires; comment; comments;
        conséquence; conséquences; consequence; consequences;
        notes; note; close_notes
        """
    ),
    "providers": _words(
        """
        supplier name; third party name; nom du prestataire; sous-traitant; sous-traitants
        """
    ),
    "tags": _words(
        """
        label; keywords; category; catégorie; categories; catégories; subcategory; sous-catégorie
        """
    ),
    "source_urls": _words("source; shortlink; permalink; html url; incident url; web link; adresse"),
}
"""Names that mean a field where no better one is there: of several the first in this order is taken, and said."""
