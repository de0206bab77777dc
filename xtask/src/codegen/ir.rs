//! What is emitted, free of YAML: operations, types and codes of one provider.

/// One provider.
#[derive(Debug)]
pub(crate) struct Api {
    /// The crate's name.
    pub(crate) krate: String,
    pub(crate) title: String,
    pub(crate) operations: Vec<Operation>,
    pub(crate) types: Vec<Named>,
    pub(crate) codes: Vec<Code>,
    /// Where the codes are known from.
    pub(crate) codes_source: Option<Source>,
    /// Tags with their descriptions, in the order of the document.
    pub(crate) tags: Vec<(String, Option<String>)>,
}

/// How a fact is known, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) level: &'static str,
    pub(crate) text: String,
}

/// One endpoint.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) line: u64,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) tag: Option<String>,
    pub(crate) summary: String,
    pub(crate) description: Option<String>,
    pub(crate) source: Source,
    /// What the answer rests on, where the document assumes it of an operation that is better known.
    pub(crate) assumed_answer: Option<Source>,
    pub(crate) repeat: Repeat,
    pub(crate) caller: Caller,
    pub(crate) send_media: Option<String>,
    pub(crate) accept: Option<String>,
    pub(crate) sign: bool,
    pub(crate) keep_token: bool,
    pub(crate) seal: bool,
    pub(crate) limit: Option<Limit>,
    pub(crate) path_values: Vec<PathValue>,
    /// The struct of the query parameters.
    pub(crate) query: Option<String>,
    pub(crate) body: Body,
    pub(crate) reply: Reply,
    /// The member of the body that is the caller's reference.
    pub(crate) reference: Option<Member>,
    /// Whether the client's method is generated.
    pub(crate) call: bool,
}

/// Whether the same bytes may be sent twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repeat {
    Safe,
    Keyed(String),
    Never,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Account,
    User,
    Nobody,
}

/// A documented rate limit.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    pub(crate) name: String,
    pub(crate) max: usize,
    pub(crate) seconds: u64,
    pub(crate) by_token: bool,
}

/// A value in a path.
#[derive(Debug, Clone)]
pub(crate) struct PathValue {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) ty: Ty,
    pub(crate) docs: Option<String>,
}

/// A member that is used by name.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) rust: String,
    pub(crate) optional: bool,
}

/// What an operation sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Json(Ty),
    Form(String),
    /// JSON whose members no document names.
    AnyJson,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Nothing that is read.
    Nothing,
    Json(Ty),
    /// Bare text.
    Text {
        secret: bool,
    },
    /// JSON whose members no document names.
    AnyJson,
}

/// The type of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ty {
    Text,
    Secret,
    Flag,
    Integer,
    Unsigned,
    /// In the main unit; `number` tells how it is written.
    Amount {
        number: bool,
    },
    RawAmount,
    Id,
    Loose,
    Json,
    Named(String),
    List(Box<Ty>),
    Map(Box<Ty>),
}

/// A type with a name.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) line: u64,
    pub(crate) docs: Option<String>,
    pub(crate) source: Option<Source>,
    pub(crate) shape: Shape,
    /// Sent by an operation.
    pub(crate) sent: bool,
    /// Received by an operation.
    pub(crate) received: bool,
    /// Written as pairs, into a form or a query.
    pub(crate) pairs: bool,
    pub(crate) tag: Option<String>,
    /// The one operation whose body it is.
    pub(crate) operation: Option<String>,
}

/// What a type is.
#[derive(Debug)]
pub(crate) enum Shape {
    Struct(Struct),
    Union(Vec<Variant>),
    Choice(Choice),
}

/// Members, and where free ones stand.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) fields: Vec<Field>,
    pub(crate) extra: Option<Extra>,
    /// A person writes how one is made: no constructor, no builder.
    pub(crate) by_hand: bool,
}

/// Free members of a request.
#[derive(Debug)]
pub(crate) struct Extra {
    /// The method that adds one.
    pub(crate) name: String,
    pub(crate) ty: Ty,
    /// How many fields are written before them.
    pub(crate) after: usize,
}

/// A member.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) line: u64,
    pub(crate) docs: Option<String>,
    /// Only where it differs from the type's.
    pub(crate) source: Option<Source>,
    /// What its number means.
    pub(crate) unit: Option<String>,
    pub(crate) ty: Ty,
    pub(crate) required: bool,
    pub(crate) default: Option<String>,
    pub(crate) lenient: bool,
    pub(crate) private: bool,
    pub(crate) card: bool,
}

/// One shape of a union.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) ty: Ty,
    pub(crate) docs: Option<String>,
    /// Does not print, as a private member.
    pub(crate) private: bool,
}

/// An open enum.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) values: Vec<Value>,
    /// Comes as a number.
    pub(crate) number: bool,
    /// Its words are the same in any case.
    pub(crate) any_case: bool,
}

/// One value of an enum.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) source: Option<Source>,
    pub(crate) group: Option<String>,
}

/// A code of the provider.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) value: Value,
    /// `Kind` and `Outcome`; `None` for success.
    pub(crate) meaning: Option<(&'static str, &'static str)>,
}

impl Named {
    /// The names of the types that stand in it.
    pub(crate) fn refers(&self) -> Vec<String> {
        let tys: Vec<&Ty> = match &self.shape {
            Shape::Struct(shape) => {
                let extra = shape.extra.iter().map(|extra| &extra.ty);
                shape.fields.iter().map(|field| &field.ty).chain(extra).collect()
            }
            Shape::Union(variants) => variants.iter().map(|variant| &variant.ty).collect(),
            Shape::Choice(_) => Vec::new(),
        };
        tys.into_iter().filter_map(Ty::named).map(str::to_owned).collect()
    }
}

impl Ty {
    /// The type with a name that it is, or that it is a list or a map of.
    pub(crate) fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(of) | Self::Map(of) => of.named(),
            _ => None,
        }
    }
}

impl Api {
    /// The type of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Named> {
        self.types.iter().find(|named| named.name == name)
    }

    /// Whether a type holds something of itself or below for which `test` says so.
    pub(crate) fn any(&self, ty: &Ty, test: &impl Fn(&Ty, Option<&Field>) -> bool) -> bool {
        if test(ty, None) {
            return true;
        }
        match ty {
            Ty::Named(name) => self.named(name).is_some_and(|named| self.any_in(named, test)),
            Ty::List(of) | Ty::Map(of) => self.any(of, test),
            _ => false,
        }
    }

    /// The same of a type with a name.
    pub(crate) fn any_in(&self, named: &Named, test: &impl Fn(&Ty, Option<&Field>) -> bool) -> bool {
        match &named.shape {
            Shape::Struct(shape) => {
                let field = |field: &Field| test(&field.ty, Some(field)) || self.any(&field.ty, test);
                shape.fields.iter().any(field) || shape.extra.as_ref().is_some_and(|extra| self.any(&extra.ty, test))
            }
            Shape::Union(variants) => variants.iter().any(|variant| self.any(&variant.ty, test)),
            Shape::Choice(_) => false,
        }
    }

    /// Whether it holds a secret, which is never serialised or compared by accident.
    pub(crate) fn has_secret(&self, named: &Named) -> bool {
        self.any_in(named, &|ty, _| *ty == Ty::Secret)
    }
}
