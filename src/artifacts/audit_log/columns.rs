//! The headings of a table: which column says what, in the languages of the portal that were seen.

/// Headings, as letters and digits in lower case. The first that is there counts, whatever the column.
const TIME: &[&str] = &[
    "dateutc",
    "datautc",
    "datumutc",
    "fechautc",
    "日付utc",
    "日付",
    "日期utc",
    "activitydatetime",
    "activitydate",
    "date",
    "data",
    "datum",
    "fecha",
    "timestamp",
];
const ACTIVITY: &[&str] = &[
    "activitydisplayname",
    "activity",
    "atividade",
    "actividad",
    "aktivität",
    "activité",
    "attività",
    "アクティビティ",
    "活动",
    "활동",
];
const RESULT: &[&str] = &[
    "result",
    "status",
    "resultado",
    "ergebnis",
    "résultat",
    "risultato",
    "estado",
    "statut",
    "stato",
    "結果",
    "状態",
    "结果",
];
const REASON: &[&str] = &[
    "resultreason",
    "statusreason",
    "reason",
    "motivo",
    "motivodoresultado",
    "statusgrund",
    "状態の理由",
    "結果の理由",
];
const SERVICE: &[&str] =
    &["loggedbyservice", "service", "serviço", "servicio", "dienst", "servizio", "サービス"];
const CATEGORY: &[&str] = &["category", "categoria", "categoría", "kategorie", "catégorie", "カテゴリ"];
const TARGET: &[&str] = &[
    "target1userprincipalname",
    "targetuserprincipalname",
    "targetupn",
    "targets",
    "target",
    "target1displayname",
    "alvo",
    "alvos",
    "destino",
    "ziele",
    "ターゲット",
];
const INITIATED_BY: &[&str] =
    &["actoruserprincipalname", "initiatedbyactor", "initiatedby", "iniciadopor", "initiiertvon", "開始者"];
const CORRELATION: &[&str] =
    &["correlationid", "iddecorrelação", "iddecorrelación", "korrelationsid", "相関id", "関連付けid"];

/// Where each statement of a row stands, as the index of its cell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) time: Option<usize>,
    /// The heading of the time says that it is UTC.
    pub(super) utc: bool,
    pub(super) activity: Option<usize>,
    pub(super) result: Option<usize>,
    pub(super) reason: Option<usize>,
    pub(super) service: Option<usize>,
    pub(super) category: Option<usize>,
    pub(super) target: Option<usize>,
    pub(super) initiated_by: Option<usize>,
    pub(super) correlation_id: Option<usize>,
}

impl Columns {
    /// The columns of an audit log; nothing where the headings are those of another table.
    pub(super) fn of(headings: &[String]) -> Option<Columns> {
        let headings: Vec<String> = headings.iter().map(|heading| letters(heading)).collect();
        let find = |names: &[&str]| {
            names.iter().find_map(|name| headings.iter().position(|heading| heading.as_str() == *name))
        };
        let time = find(TIME);
        let columns = Columns {
            utc: time.and_then(|at| headings.get(at)).is_some_and(|heading| heading.contains("utc")),
            time,
            activity: find(ACTIVITY),
            result: find(RESULT),
            reason: find(REASON),
            service: find(SERVICE),
            category: find(CATEGORY),
            target: find(TARGET),
            initiated_by: find(INITIATED_BY),
            correlation_id: find(CORRELATION),
        };
        let others =
            [columns.reason, columns.service, columns.category, columns.target, columns.correlation_id];
        let is_audit = columns.time.is_some()
            && columns.activity.is_some()
            && columns.result.is_some()
            && others.iter().flatten().count() >= 2;
        is_audit.then_some(columns)
    }
}

/// `Date (UTC)` as `dateutc`.
fn letters(heading: &str) -> String {
    heading.chars().filter(|letter| letter.is_alphanumeric()).take(100).flat_map(char::to_lowercase).collect()
}
