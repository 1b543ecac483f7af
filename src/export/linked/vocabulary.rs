//! What our own terms mean, in both languages.

use oxrdf::NamedNodeRef;

use crate::export::linked::graph::{Description, Graph};
use crate::export::linked::namespace::{NEGLIST, ODRL, OWL, RDF, RDFS, SKOS, Term};
use crate::export::linked::term::{
    APPLIES_WHEN, AUTHORITY, BORDER, CATALOG, CATEGORY, CONFIDENCE, DISPLACES, EFFECT, EFFECTIVE, ENTRIES, ENTRY,
    ENTRY_OF, EXPIRES, FATE, FIDES_CLOSE, FIDES_EXACT, FIDES_NARROW, GONE_SINCE, HEAD, INCLUDES, KIND, LEAVE, MEMBER,
    MEMBERSHIP, OBJECTIVE, PLACE, PROFILE, RECORDS, REPEALS, RULE, SCOPE, STATUS, UNDETERMINED, UNDETERMINED_RULE,
    VALUE, WINDOW, WITHDRAWS, WITHIN,
};
use crate::model::Text;

/// What a term is.
#[derive(Clone, Copy)]
enum Kind {
    Class,
    Property,
    /// Something to be done with data, in a policy.
    Action,
    /// Something that a constraint is about.
    Operand,
    /// How policies are read.
    Profile,
    /// A kind of rule.
    Rule,
}

/// Each term with what it is, its name, and what it says.
const TERMS: &[(Term, Kind, [&str; 2], [&str; 2])] = &[
    (
        ENTRY,
        Kind::Class,
        ["entry", "条目"],
        ["One restriction in a revision of a list.", "清单某一修订版中的一项限制。"],
    ),
    (
        MEMBERSHIP,
        Kind::Class,
        ["membership", "成员资格"],
        ["That a place belongs to a bloc, from its first day to its last.", "某地在起止日期之间属于某集团。"],
    ),
    (
        UNDETERMINED,
        Kind::Rule,
        ["undetermined rule", "待定规则"],
        [
            "The list governs this, and its terms are not in the registry. Not to be read as permission.",
            "清单规管此事，但具体条件未载入登记处，不得理解为允许。",
        ],
    ),
    (
        LEAVE,
        Kind::Action,
        ["leave", "出境"],
        [
            "To send data, or to give access to it, across the border that a list is about.",
            "将数据传出清单所涉边界，或使境外可以访问。",
        ],
    ),
    (
        APPLIES_WHEN,
        Kind::Property,
        ["applies when", "适用条件"],
        [
            "What must hold for the whole list to apply; where it does not, the list is silent.",
            "整个清单适用所须满足的条件；不满足时清单不作规定。",
        ],
    ),
    (AUTHORITY, Kind::Property, ["authority", "发布机关"], ["The body that made the rule.", "制定规则的机关。"]),
    (BORDER, Kind::Property, ["border", "边界"], ["The place whose border counts.", "以其边界为准的地方。"]),
    (
        CATALOG,
        Kind::Property,
        ["catalog", "数据类别目录"],
        [
            "The releases of the categories that a revision is written for, as a semver requirement.",
            "修订版所适用的数据类别目录版本（语义化版本要求）。",
        ],
    ),
    (
        CATEGORY,
        Kind::Operand,
        ["category", "数据类别"],
        ["What the data is: a category, or anything below it.", "数据所属的类别，或其下位类别。"],
    ),
    (
        CONFIDENCE,
        Kind::Property,
        ["confidence", "可信度"],
        ["How likely a lawyer of the place would agree: high, medium or low.", "当地律师认同的可能性：高、中、低。"],
    ),
    (
        DISPLACES,
        Kind::Property,
        ["displaces", "取代适用"],
        ["A list that is not asked where this one applies.", "本清单适用时不再适用的清单。"],
    ),
    (
        EFFECT,
        Kind::Property,
        ["effect", "效力"],
        [
            "What an entry does: prohibited, conditional, undetermined or notice.",
            "条目的效力：禁止、附条件、待定、提示。",
        ],
    ),
    (
        EFFECTIVE,
        Kind::Property,
        ["effective", "生效日"],
        ["The first day on which a revision binds.", "修订版开始具有约束力的第一天。"],
    ),
    (
        ENTRIES,
        Kind::Property,
        ["number of entries", "条目数"],
        ["How many entries a revision has.", "修订版的条目数。"],
    ),
    (ENTRY_OF, Kind::Property, ["entry", "条目"], ["An entry of a revision.", "修订版的条目。"]),
    (
        EXPIRES,
        Kind::Property,
        ["expires", "失效日"],
        ["The first day on which a revision no longer binds.", "修订版不再具有约束力的第一天。"],
    ),
    (
        FATE,
        Kind::Property,
        ["what became of it", "去向"],
        [
            "What became of a former id: moved, merged, split or removed.",
            "旧标识的去向：已移动、已合并、已拆分、已删除。",
        ],
    ),
    (
        FIDES_CLOSE,
        Kind::Property,
        ["close fideslang key", "相近的 fideslang 键"],
        [
            "The key of a data category of fideslang 3.1 that means much the same.",
            "含义相近的 fideslang 3.1 数据类别键。",
        ],
    ),
    (
        FIDES_EXACT,
        Kind::Property,
        ["exact fideslang key", "对应的 fideslang 键"],
        ["The key of a data category of fideslang 3.1 that means the same.", "含义相同的 fideslang 3.1 数据类别键。"],
    ),
    (
        FIDES_NARROW,
        Kind::Property,
        ["narrow fideslang key", "较窄的 fideslang 键"],
        [
            "The key of a data category of fideslang 3.1 that means a part of it.",
            "含义较窄的 fideslang 3.1 数据类别键。",
        ],
    ),
    (
        GONE_SINCE,
        Kind::Property,
        ["gone since", "停用版本"],
        ["The release from which on an id is gone.", "自该发布版起旧标识停用。"],
    ),
    (
        HEAD,
        Kind::Property,
        ["head", "链头"],
        ["The hash of the last record, which commits to all before it.", "最后一条记录的哈希，涵盖此前全部记录。"],
    ),
    (
        INCLUDES,
        Kind::Property,
        ["includes", "包含"],
        ["A time that lies within this one whenever people are counted.", "无论何时计数都落在本期间之内的期间。"],
    ),
    (
        KIND,
        Kind::Property,
        ["kind", "种类"],
        ["What the values of a fact are, or what kind of place it is.", "事实取值的种类，或地方的种类。"],
    ),
    (MEMBER, Kind::Property, ["member", "成员"], ["A membership of a bloc.", "集团的成员资格。"]),
    (OBJECTIVE, Kind::Property, ["objective", "目的"], ["What an entry is for.", "条目的目的。"]),
    (PLACE, Kind::Property, ["place", "地方"], ["The place that is a member.", "作为成员的地方。"]),
    (
        PROFILE,
        Kind::Profile,
        ["profile of policies", "策略规范"],
        [
            "How policies of this registry are read: what no rule restricts within the scope is free; every prohibition that holds counts.",
            "本登记处策略的解读方式：适用范围内未受规则限制的数据可自由流动；凡成立的禁止均有效。",
        ],
    ),
    (RECORDS, Kind::Property, ["number of records", "记录数"], ["How many records the journal has.", "日志的记录数。"]),
    (
        REPEALS,
        Kind::Property,
        ["repeals", "废止"],
        ["Whether the list is silent from the effective day on.", "自生效日起清单是否不再作出规定。"],
    ),
    (
        RULE,
        Kind::Property,
        ["rule", "规则"],
        ["A rule of a policy that says what an entry says.", "表达某一条目的策略规则。"],
    ),
    (
        SCOPE,
        Kind::Property,
        ["scope", "适用范围"],
        [
            "A category that the list claims to speak for; a star for all data.",
            "清单所规管的数据类别；星号表示全部数据。",
        ],
    ),
    (
        STATUS,
        Kind::Property,
        ["status", "状态"],
        [
            "Whether the authority itself publishes here (official), or somebody wrote the rule down (transcribed).",
            "由机关自行发布（官方发布）或由他人录入（转录）。",
        ],
    ),
    (
        UNDETERMINED_RULE,
        Kind::Property,
        ["undetermined", "待定"],
        ["A rule whose terms are not in the registry.", "具体条件未载入登记处的规则。"],
    ),
    (VALUE, Kind::Property, ["value", "取值"], ["One of the values of a choice.", "选项的取值之一。"]),
    (WINDOW, Kind::Property, ["window", "计数期间"], ["The time over which is counted.", "计数所涵盖的期间。"]),
    (
        WITHDRAWS,
        Kind::Property,
        ["withdraws", "撤回"],
        ["An earlier revision that is taken back before its day.", "在生效前被撤回的修订版。"],
    ),
    (
        WITHIN,
        Kind::Property,
        ["within", "境内适用"],
        [
            "Whether the list also binds handing data to somebody inside the border.",
            "清单是否也约束向境内主体提供数据。",
        ],
    ),
];

/// Returns the vocabulary of our own terms.
pub(crate) fn vocabulary() -> Graph {
    let mut graph = Graph::default();
    let whole = NamedNodeRef::new_unchecked(NEGLIST.trim_end_matches(':')).into_owned();
    let name = Text { en: "Terms of negative lists".to_owned(), zh: "负面清单术语".to_owned() };
    graph.add(Description::of(&whole, &[Term(OWL, "Ontology")]).text(Term(RDFS, "label"), &name));
    for (term, kind, name, says) in TERMS {
        let kinds: &[Term] = match kind {
            Kind::Class | Kind::Rule => &[Term(RDFS, "Class")],
            Kind::Profile => &[Term(OWL, "Ontology")],
            Kind::Property => &[Term(RDF, "Property")],
            Kind::Action => &[Term(ODRL, "Action"), Term(SKOS, "Concept")],
            Kind::Operand => &[Term(ODRL, "LeftOperand"), Term(SKOS, "Concept")],
        };
        let text = |[en, zh]: &[&str; 2]| Text { en: (*en).to_owned(), zh: (*zh).to_owned() };
        let description = Description::of(&term.node(), kinds)
            .text(Term(RDFS, "label"), &text(name))
            .text(Term(RDFS, "comment"), &text(says))
            .link(Term(RDFS, "isDefinedBy"), &whole);
        graph.add(match kind {
            Kind::Action => description.term(Term(ODRL, "includedIn"), Term(ODRL, "use")),
            Kind::Rule => description.term(Term(RDFS, "subClassOf"), Term(ODRL, "Rule")),
            Kind::Class | Kind::Property | Kind::Operand | Kind::Profile => description,
        });
    }
    graph
}
