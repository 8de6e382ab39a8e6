//! A project's description, as hostile text: what its author wrote becomes only what is made here. Markdown is
//! rendered without its HTML, images are their texts, and links lead to the web or nowhere; everything else
//! is shown as it stands.

use fondaco_upstream::Url;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Characters of a description that are shown.
const SHOWN: usize = 200_000;

/// The description as a part of a page.
pub(super) fn rendered(text: &str, content_type: &str) -> Markup {
    let (shown, is_cut) = match text.char_indices().nth(SHOWN) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    };
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    html! {
        @if kind.eq_ignore_ascii_case("text/markdown") {
            div.description { (markdown(shown)) }
        } @else {
            pre.description { (shown) }
        }
        @if is_cut { p.dim { "It goes on; the file has all of it." } }
    }
}

fn markdown(text: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    // Whether each link that is open leads somewhere.
    let mut links: Vec<bool> = Vec::new();
    let events = Parser::new_ext(text, options).filter_map(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::HtmlBlock | Tag::Image { .. }) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => {
            None
        }
        Event::Start(Tag::Link { dest_url, .. }) => {
            let target = to_the_web(&dest_url);
            links.push(target.is_some());
            target.map(|target| Event::InlineHtml(opening(&target).into()))
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or_default().then(|| Event::InlineHtml("</a>".into())),
        other => Some(other),
    });
    let mut out = String::with_capacity(text.len());
    pulldown_cmark::html::push_html(&mut out, events);
    PreEscaped(out)
}

fn opening(target: &Url) -> String {
    let whole = html! { a href=(target) rel="nofollow noopener noreferrer" {} }.into_string();
    whole.trim_end_matches("</a>").to_owned()
}

/// An address that a description may lead to.
pub(super) fn to_the_web(address: &str) -> Option<Url> {
    let url: Url = address.trim().parse().ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url).filter(Url::has_host)
}

#[cfg(test)]
mod tests {
    use super::rendered;

    #[test]
    fn nothing_of_the_authors_html_is_left() {
        let text = "# T <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n\
            [a](javascript:alert(1)) [b](https://index.example/?x=\"><b>) ![seen](https://track.example/i.png)\n\n\
            <iframe src='//e'></iframe>\n\n[c](data:text/html,x) [d](/login) `<b>` \\<i>\n\n| h |\n|---|\n| <svg/onload=x> |\n";
        let out = rendered(text, "text/markdown; charset=UTF-8").into_string();
        for bad in [
            "<script",
            "<img",
            "<iframe",
            "<svg",
            "<b>",
            "<i>",
            "javascript:",
            "data:",
            "track.example",
            "/login",
        ] {
            assert!(!out.contains(bad), "{bad} in {out}");
        }
        assert!(out.contains("<a href=\"https://index.example/?x=%22%3E%3Cb%3E\" rel=\"nofollow noopener noreferrer\">b</a>"), "{out}");
        assert!(
            out.contains("seen") && out.contains("<code>&lt;b&gt;</code>") && out.contains("<td>"),
            "{out}"
        );
    }

    #[test]
    fn other_texts_are_shown_as_they_stand() {
        let out = rendered(".. raw:: html\n\n  <script>x</script>", "text/x-rst").into_string();
        assert_eq!(out, "<pre class=\"description\">.. raw:: html\n\n  &lt;script&gt;x&lt;/script&gt;</pre>");
        let long = rendered(&"ä".repeat(200_001), "text/plain").into_string();
        assert!(long.contains("It goes on") && long.matches('ä').count() == 200_000);
    }

    #[test]
    fn deep_nesting_is_no_trouble() {
        for text in ["> ".repeat(50_000), "[".repeat(100_000), "*a ".repeat(60_000), "- ".repeat(50_000)] {
            rendered(&text, "text/markdown");
        }
    }
}
