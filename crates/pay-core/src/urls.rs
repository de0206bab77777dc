//! The URLs of operations whose path has no values: made once per engine, since making one costs more than all else that is
//! prepared for a call.

use crate::base_url::BaseUrl;
use arc_swap::ArcSwap;
use std::sync::Arc;
use url::Url;

/// Grows by one entry per operation that is called, and by nothing else. Reading it writes nothing shared.
#[derive(Debug, Default)]
pub(crate) struct Urls(ArcSwap<Vec<(&'static str, Url)>>);

impl Urls {
    /// The URL of a path that is the same in every call.
    pub(crate) fn of(&self, base: &BaseUrl, path: &'static str) -> Url {
        let known = self.0.load();
        if let Some((_, url)) = known.iter().find(|(text, _)| std::ptr::eq(*text, path)) {
            return url.clone();
        }
        let url = base.join(path, "");
        self.0.rcu(|known| {
            let mut more = Vec::clone(known);
            if !more.iter().any(|(text, _)| std::ptr::eq(*text, path)) {
                more.push((path, url.clone()));
            }
            Arc::new(more)
        });
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_keeps_its_own_url() {
        let base = BaseUrl::parse("base_url", "https://h/api/v1").unwrap();
        let urls = Urls::default();
        for _ in 0..3 {
            assert_eq!(urls.of(&base, "/a").as_str(), "https://h/api/v1/a");
            assert_eq!(urls.of(&base, "/b").as_str(), "https://h/api/v1/b");
        }
        assert_eq!(urls.0.load().len(), 2);
    }
}
