//! The scripted server: gives out tokens, checks them, and fails as a test says.

use super::millis;
use pay_core::script::{Play, Script, Sent};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a token endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    #[default]
    Works,
    /// 401 to everything.
    Refuses,
    /// 503.
    Fails,
    /// No connection.
    Down,
    /// No answer.
    Hangs,
}

type OnRequest = dyn Fn(&mut Setting) + Send + Sync;

/// What the server is set to.
pub struct Setting {
    /// The lifetime that a token reply names.
    pub ttl: Option<u64>,
    pub gives_refresh_tokens: bool,
    /// A refresh token works for ever, and a refresh gives no new one.
    pub keeps_refresh_tokens: bool,
    pub login: Endpoint,
    pub refresh: Endpoint,
    /// `Retry-After` of a failing token endpoint.
    pub retry_after: Option<String>,
    pub token_latency: Duration,
    pub api_latency: Duration,
    /// The API refuses every token, however new.
    pub refuses_all: bool,
    /// Tokens that the API refuses.
    pub refused: HashSet<String>,
    /// Secrets by account, where one other than `<account>-secret` counts.
    pub secrets: HashMap<String, String>,
    /// Runs when a token request has arrived, before it is judged.
    pub on_token_request: Option<Arc<OnRequest>>,
    issued: HashMap<String, u32>,
    refresh_tokens: HashMap<String, String>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            ttl: Some(1800),
            gives_refresh_tokens: false,
            keeps_refresh_tokens: false,
            login: Endpoint::Works,
            refresh: Endpoint::Works,
            retry_after: None,
            token_latency: millis(200),
            api_latency: Duration::ZERO,
            refuses_all: false,
            refused: HashSet::new(),
            secrets: HashMap::new(),
            on_token_request: None,
            issued: HashMap::new(),
            refresh_tokens: HashMap::new(),
        }
    }
}

#[derive(Deserialize)]
struct TokenRequest {
    id: String,
    secret: Option<String>,
    refresh_token: Option<String>,
}

type Api = dyn Fn(&Sent) -> Play + Send + Sync;

#[derive(Clone)]
pub struct Server {
    pub script: Script,
    setting: Arc<Mutex<Setting>>,
}

impl Server {
    /// Answers every API call with `{"id":"done"}`.
    pub fn new() -> Self {
        Self::with_api(|_| Play::answer(200, r#"{"id":"done"}"#))
    }

    /// Answers API calls with a good token by `api`.
    pub fn with_api(api: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Self {
        let setting = Arc::new(Mutex::new(Setting::default()));
        let state = Arc::clone(&setting);
        let api: Arc<Api> = Arc::new(api);
        let script = Script::new(move |sent| answer(&mut state.lock().unwrap(), sent, api.as_ref()));
        Self { script, setting }
    }

    pub fn set(&self, change: impl FnOnce(&mut Setting)) {
        change(&mut self.setting.lock().unwrap());
    }

    /// A pair for `id`, as a user's consent would bring it: access and refresh token.
    pub fn consent(&self, id: &str) -> (String, String) {
        let mut setting = self.setting.lock().unwrap();
        let number = setting.issued.entry(id.to_owned()).or_default();
        *number += 1;
        let (access, refresh) = (format!("{id}-t{number}"), format!("{id}-r{number}"));
        setting.refresh_tokens.insert(refresh.clone(), id.to_owned());
        (access, refresh)
    }

    pub fn logins(&self) -> usize {
        self.script.count("/login")
    }

    pub fn refreshes(&self) -> usize {
        self.script.count("/refresh")
    }

    pub fn token_requests(&self) -> usize {
        self.logins() + self.refreshes()
    }

    /// The requests that were not for a token.
    pub fn api(&self) -> Vec<Sent> {
        self.script.seen().into_iter().filter(|sent| !is_token(sent)).collect()
    }
}

pub fn is_token(sent: &Sent) -> bool {
    sent.path.ends_with("/login") || sent.path.ends_with("/refresh")
}

/// The token of an API request, without `Bearer `.
pub fn token_of(sent: &Sent) -> &str {
    sent.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
}

fn answer(setting: &mut Setting, sent: &Sent, api: &Api) -> Play {
    if is_token(sent) {
        return token(setting, sent).after(setting.token_latency);
    }
    let token = token_of(sent);
    if !token.is_empty() && (setting.refuses_all || setting.refused.contains(token)) {
        return Play::answer(401, "token refused").after(setting.api_latency);
    }
    let play = api(sent);
    if setting.api_latency.is_zero() { play } else { play.after(setting.api_latency) }
}

fn token(setting: &mut Setting, sent: &Sent) -> Play {
    if let Some(act) = setting.on_token_request.clone() {
        act(setting);
    }
    let is_refresh = sent.path.ends_with("/refresh");
    match if is_refresh { setting.refresh } else { setting.login } {
        Endpoint::Works => {}
        Endpoint::Refuses => return Play::answer(401, "{}"),
        Endpoint::Fails => {
            let play = Play::answer(503, "{}");
            return match &setting.retry_after {
                Some(wait) => play.header("retry-after", wait),
                None => play,
            };
        }
        Endpoint::Down => return Play::not_sent(),
        Endpoint::Hangs => return Play::hang(),
    }
    let request: TokenRequest = serde_json::from_slice(&sent.body).unwrap();
    let id = request.id;
    if is_refresh {
        let token = request.refresh_token.unwrap();
        let owner = setting.refresh_tokens.get(&token).cloned();
        if !setting.keeps_refresh_tokens {
            // Each works once: a second use would be a stolen one.
            setting.refresh_tokens.remove(&token);
        }
        if owner.as_ref() != Some(&id) {
            return Play::answer(401, "{}");
        }
    } else {
        let secret = setting.secrets.get(&id).cloned().unwrap_or_else(|| format!("{id}-secret"));
        if request.secret.unwrap() != secret {
            return Play::answer(401, "{}");
        }
    }
    let number = setting.issued.entry(id.clone()).or_default();
    *number += 1;
    let mut reply = format!(r#"{{"access":"{id}-t{number}""#);
    if let Some(ttl) = setting.ttl {
        reply.push_str(&format!(r#","expires_in":{ttl}"#));
    }
    if setting.gives_refresh_tokens && !(is_refresh && setting.keeps_refresh_tokens) {
        let refresh = format!("{id}-r{number}");
        reply.push_str(&format!(r#","refresh":"{refresh}""#));
        setting.refresh_tokens.insert(refresh, id);
    }
    reply.push('}');
    Play::answer(200, reply)
}
