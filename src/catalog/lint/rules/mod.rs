//! The table of all rules, by id. The stem of a rule's file is its id.

mod always_displaced;
mod authority_missing;
mod blank_text;
mod border_elsewhere;
mod catalog_open_ended;
mod catalog_requirement;
mod category_redundant;
mod checked_in_future;
mod checked_long_ago;
mod chinese_without_characters;
mod combine_idle;
mod condition;
mod condition_always_holds;
mod contradicts_applies_to;
mod contradicts_applies_when;
mod destination_at_home;
mod destination_redundant;
mod destinations;
mod destinations_empty;
mod destinations_without_evidence;
mod displaces_itself;
mod displaces_out_of_reach;
mod dormant_end;
mod dormant_without_reason;
mod duplicate_entry;
mod effect;
mod effective_before_published;
mod empty_choice;
mod english_in_chinese;
mod entry_outside_scope;
mod except_outside;
mod excepted_whole;
mod excepts_everything;
mod exemption_lifts_nothing;
mod expectation;
mod expires_before_effective;
mod explanation_idle;
mod file_name;
mod gap_in_force;
mod group_empty;
mod group_member_twice;
mod group_unused;
mod low_confidence_without_doubts;
mod malformed;
mod missing;
mod mixed_windows;
mod no_citation;
mod no_objective;
mod no_route;
mod other_without_note;
mod overlapping_bands;
mod overlapping_effects;
mod personal_approval_only;
mod personal_prohibited;
mod personal_without_route;
mod placeholder_text;
mod published_goes_back;
mod published_in_future;
mod repeals_with_entries;
mod restated_unchanged;
mod retroactive_unneeded;
mod scope_empty;
mod scope_redundant;
mod scope_without_entry;
mod shadowed_entry;
mod short_notice;
mod source_incomplete;
mod source_url;
mod summary_length;
mod syntax;
mod threshold_gap;
mod title_length;
mod translation_identical;
mod translation_missing;
mod twice;
mod undetermined_hides;
mod unknown_base;
mod unknown_entry;
mod unknown_word;
mod unreadable;
mod untidy_text;
mod version_not_rising;
mod version_suffix;
mod waiting_revision_undoes;
mod way_never_open;
mod way_redundant;
mod whole_root;
mod withdraws_in_force;
mod withdraws_unknown;

use crate::catalog::lint::rule::Rule;

/// Every rule, by id.
pub static RULES: &[&Rule] = &[
    &always_displaced::RULE,
    &authority_missing::RULE,
    &blank_text::RULE,
    &border_elsewhere::RULE,
    &catalog_open_ended::RULE,
    &catalog_requirement::RULE,
    &category_redundant::RULE,
    &checked_in_future::RULE,
    &checked_long_ago::RULE,
    &chinese_without_characters::RULE,
    &combine_idle::RULE,
    &condition::RULE,
    &condition_always_holds::RULE,
    &contradicts_applies_to::RULE,
    &contradicts_applies_when::RULE,
    &destination_at_home::RULE,
    &destination_redundant::RULE,
    &destinations::RULE,
    &destinations_empty::RULE,
    &destinations_without_evidence::RULE,
    &displaces_itself::RULE,
    &displaces_out_of_reach::RULE,
    &dormant_end::RULE,
    &dormant_without_reason::RULE,
    &duplicate_entry::RULE,
    &effect::RULE,
    &effective_before_published::RULE,
    &empty_choice::RULE,
    &english_in_chinese::RULE,
    &entry_outside_scope::RULE,
    &except_outside::RULE,
    &excepted_whole::RULE,
    &excepts_everything::RULE,
    &exemption_lifts_nothing::RULE,
    &expectation::RULE,
    &expires_before_effective::RULE,
    &explanation_idle::RULE,
    &file_name::RULE,
    &gap_in_force::RULE,
    &group_empty::RULE,
    &group_member_twice::RULE,
    &group_unused::RULE,
    &low_confidence_without_doubts::RULE,
    &malformed::RULE,
    &missing::RULE,
    &mixed_windows::RULE,
    &no_citation::RULE,
    &no_objective::RULE,
    &no_route::RULE,
    &other_without_note::RULE,
    &overlapping_bands::RULE,
    &overlapping_effects::RULE,
    &personal_approval_only::RULE,
    &personal_prohibited::RULE,
    &personal_without_route::RULE,
    &placeholder_text::RULE,
    &published_goes_back::RULE,
    &published_in_future::RULE,
    &repeals_with_entries::RULE,
    &restated_unchanged::RULE,
    &retroactive_unneeded::RULE,
    &scope_empty::RULE,
    &scope_redundant::RULE,
    &scope_without_entry::RULE,
    &shadowed_entry::RULE,
    &short_notice::RULE,
    &source_incomplete::RULE,
    &source_url::RULE,
    &summary_length::RULE,
    &syntax::RULE,
    &threshold_gap::RULE,
    &title_length::RULE,
    &translation_identical::RULE,
    &translation_missing::RULE,
    &twice::RULE,
    &undetermined_hides::RULE,
    &unknown_base::RULE,
    &unknown_entry::RULE,
    &unknown_word::RULE,
    &unreadable::RULE,
    &untidy_text::RULE,
    &version_not_rising::RULE,
    &version_suffix::RULE,
    &waiting_revision_undoes::RULE,
    &way_never_open::RULE,
    &way_redundant::RULE,
    &whole_root::RULE,
    &withdraws_in_force::RULE,
    &withdraws_unknown::RULE,
];

/// Returns the rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|it| it.id == id)
}
