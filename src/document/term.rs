//! The words for what is one of a few things, in both languages.

use crate::model::{Confidence, Effect, Language, PlaceKind, Role, Scope, Standing, Status};

/// Returns the word for how a revision stands.
pub(crate) fn standing(standing: Standing, language: Language) -> &'static str {
    let zh = match standing {
        Standing::Dormant => "未生效（无生效日）",
        Standing::Withdrawn => "已撤回",
        Standing::Scheduled => "待生效",
        Standing::InForce => "现行",
        Standing::Lapsed => "已失效",
        Standing::Superseded => "已被取代",
    };
    language.say(standing.word(), zh)
}

/// Returns the word for what an entry does.
pub(crate) fn effect(effect: &Effect, language: Language) -> &'static str {
    let zh = match effect {
        Effect::Notice => "提示",
        Effect::Conditional(_) => "附条件",
        Effect::Undetermined => "待定",
        Effect::Prohibited => "禁止",
    };
    language.say(effect.word(), zh)
}

/// Returns the words for what a list speaks for.
pub(crate) fn scope(scope: &Scope, language: Language) -> String {
    match scope {
        Scope::All => language.say("all data", "全部数据").to_owned(),
        Scope::Only(categories) => categories.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Returns the word for who wrote a list down.
pub(crate) fn status(status: Status, language: Language) -> &'static str {
    let zh = match status {
        Status::Transcribed => "转录",
        Status::Official => "官方发布",
    };
    language.say(status.word(), zh)
}

/// Returns the word for how far a transcription can be relied on.
pub(crate) fn confidence(confidence: Confidence, language: Language) -> &'static str {
    let zh = match confidence {
        Confidence::Low => "低",
        Confidence::Medium => "中",
        Confidence::High => "高",
    };
    language.say(confidence.word(), zh)
}

/// Returns the word for what a fact is for.
pub(crate) fn role(role: Role, language: Language) -> &'static str {
    let zh = match role {
        Role::Circumstance => "情形",
        Role::Exemption => "豁免",
        Role::Mechanism => "机制",
        Role::Duty => "义务",
    };
    language.say(role.word(), zh)
}

/// Returns the word for a kind of place.
pub(crate) fn place_kind(kind: PlaceKind, language: Language) -> &'static str {
    let zh = match kind {
        PlaceKind::Country => "国家或地区",
        PlaceKind::Subdivision => "地方",
        PlaceKind::Zone => "特殊区域",
        PlaceKind::Bloc => "集团",
        PlaceKind::Organisation => "组织",
    };
    language.say(kind.word(), zh)
}
