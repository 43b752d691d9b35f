"""The element names of PN13 that are public, folded (no accent, lower case).

Sources: the messages published in the ANS e-prescription IG and in the IG médicament of
Interop'Santé, and the paths of their ConceptMaps. The schema itself (PN13-IS xsd) is only given
to the members of Phast, so a name that is not here may still be of the standard.
"""

from connectors.pn13.tree import folded

_ENVELOPE = """
    Messages M_Prescription_médicaments M_Compte_rendu_analyse_pharm Patient Séjour Prescription
    Compte_rendu_pharm
"""
_PEOPLE = """
    Ipp DI INS INS_OID Statut_idpat Nom_usuel Nom_naissance Premier_prénom Prénoms Prénom_usuel
    Date_naissance Date_lunaire Lieu_naissance Sexe Id_séjour DI_séjour Id_prescripteur
    Identification_prescripteur Id_pharmacien Identification_pharmacien Identifiant
    Domaine_identification Nom_usage Prénom_usage Civilité Titre Nom_famille Initiales
"""
_HEADER = """
    Mode_communication Dh_prescription Unité_hébergement Unité_resp_médicale Commentaire
    Commentaire_structuré Rôle_auteur Identification_auteur Rôle_destinataire
    Identification_destinataire Criticité Texte Rens_compl Code_rens_compl Dh_rens_compl
    Dh_enreg_rens_compl Valeur_rens_compl Protocole_prescrit_médic
"""
_LINE = """
    Elément_prescr_médic Id_élément_prescr Type_élément_prescr Libellé_élément_prescr
    Cré_arr_mod_val Urgent Fourniture Voie_administration Forme Lieu_administration
    Dispositif_associé Posologie Dh_début Dh_fin Dh_début_prescrite Dh_fin_prescrite Indication
    Indication_structurée Conditions_application GoNogo Motif_attente Rang_élément_prescr
    Id_protocole_prescrit Delta_dh_référence Composant_prescrit Elément_posologie Elément_lié
    Id_élément_lié Type_liaison_élément Libellé_composant Quantité_composant_prescrite
    Non_substituable Référent_poso Véhicule ALD_exonérante
"""
_POSOLOGY = """
    Fréquence Fréquence_structurée Frq_échelle Frq_durée Frq_multiplicité Frq_libellé Frq_filtre
    Type_événement_début Type_événement2_début Evénement_début Evénement2_début
    Evt_structuré_début Evt_structuré2_début Evénement_structuré Evénement_param_poso_cond
    Evt_objet Evt_nature Evt_typedeDonnée Evt_clinique Evt_clinique_code Evt_activité
    Evt_activité_code Evt_période_explicite Evt_horaireMin Evt_horaireMax Evt_période_nommée
    Evt_opérateur Evt_valeur Evt_libellé Int_temps_év_début Type_événement_fin
    Type_événement2_fin Evénement_fin Int_temps_év_fin Quantité Débit Durée Nombre Unité
    Frq_filtreVal_1_J Frq_filtreVal_1_N Frq_filtreVal_2 Frq_filtreVal_3 Frq_filtreVal_4
    Frq_filtreVal_5 Frq_filtreVal_6
"""
_ANALYSIS = """
    Dh_validation Elément_prescr_pharm Validation_pharm Proposition_pharm Commentaire_pharmacien
"""
_NUMBERED = {
    "Code_rens_compl": 10,
    "Valeur_rens_compl": 10,
    "Type_composant": 14,
    "Code_composant": 14,
}
"""Names that end in a rank, with the last rank that the ConceptMaps know."""

KNOWN = frozenset(
    [
        folded(name)
        for names in (_ENVELOPE, _PEOPLE, _HEADER, _LINE, _POSOLOGY, _ANALYSIS)
        for name in names.split()
    ]
    + [f"{folded(name)}_{rank}" for name, last in _NUMBERED.items() for rank in range(1, last + 1)]
)
