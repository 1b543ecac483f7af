//! A browser as readers have one, driven by way of its driver.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a module of tests, which may say what did not run"
)]
#![expect(clippy::disallowed_macros, reason = "the same")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use neglist::client::Remote;
use serde_json::{Value as Json, json};

/// A browser with one window.
pub struct Browser {
    pub client: Client,
    driver: Driver,
}

struct Driver {
    child: Child,
    address: String,
}

/// Whether pages may run their scripts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Script {
    Runs,
    IsBlocked,
}

impl Browser {
    /// Starts a browser, if `NEGLIST_CHROMEDRIVER` names a driver. The machine
    /// that checks submissions has one.
    pub async fn start(script: Script) -> Option<Browser> {
        let Some(program) = std::env::var("NEGLIST_CHROMEDRIVER").ok().filter(|it| !it.is_empty()) else {
            eprintln!("NOT RUN: NEGLIST_CHROMEDRIVER names no driver of a browser");
            return None;
        };
        let driver = Driver::start(&program);
        let blocked = if script == Script::IsBlocked { 2 } else { 1 };
        let wanted = json!({
            "goog:chromeOptions": {
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,1000", "--lang=en"],
                "prefs": {"profile.managed_default_content_settings.javascript": blocked, "intl.accept_languages": "en"},
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let Json::Object(wanted) = wanted else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&driver.address).await;
        Some(Browser { client: client.unwrap(), driver })
    }

    /// Goes to an address.
    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// Finds what a selector names, waiting for it.
    pub async fn find(&self, selector: &str) -> Element {
        self.client.wait().for_element(Locator::Css(selector)).await.expect(selector)
    }

    /// Returns the text of what a selector names.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// Follows the link or presses the button with this text, in what a page
    /// shows, to the page that it leads to.
    pub async fn press(&self, text: &str) {
        let path = format!("//main//*[self::a or self::button][normalize-space()='{text}']");
        let element = self.client.find(Locator::XPath(&path)).await.expect(text);
        self.follow(element).await;
    }

    /// Clicks what a selector names, to the page that it leads to.
    pub async fn follow_to(&self, selector: &str) {
        let element = self.find(selector).await;
        self.follow(element).await;
    }

    /// Clicks an element, and waits until the page that it stood on is gone: a
    /// driver may say that the click is done while the browser has yet to leave.
    async fn follow(&self, element: Element) {
        let page = self.find("html").await;
        element.click().await.unwrap();
        let began = Instant::now();
        while page.tag_name().await.is_ok() {
            assert!(began.elapsed() < Duration::from_secs(30), "the click leads nowhere");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs a script of the test's own, and returns what it does.
    pub async fn run(&self, script: &str) -> Json {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Runs a script of the test's own that ends by calling `done`.
    pub async fn wait_for(&self, script: &str, arguments: Vec<Json>) -> Json {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.client.execute_async(&script, arguments).await.unwrap()
    }

    /// Returns what was logged since the last time: `browser` has errors of
    /// scripts and policies, `performance` has requests.
    pub async fn logged(&self, kind: &str) -> Vec<Json> {
        let session = self.client.session_id().await.unwrap().unwrap();
        let remote = Remote::new(&self.driver.address).unwrap();
        let body = json!({"type": kind}).to_string();
        let reply = remote.post(&format!("session/{session}/se/log"), "application/json", body.as_bytes()).unwrap();
        let reply: Json = serde_json::from_slice(&reply.body).unwrap();
        reply["value"].as_array().unwrap().clone()
    }

    /// Returns method and address of each request since the last time.
    pub async fn requests(&self) -> Vec<(String, String)> {
        let messages = self.logged("performance").await;
        let messages = messages.iter().map(|it| serde_json::from_str::<Json>(it["message"].as_str().unwrap()).unwrap());
        let sent = messages.filter(|it| it["message"]["method"] == "Network.requestWillBeSent");
        let text = |it: &Json| it.as_str().unwrap().to_owned();
        sent.map(|it| it["message"]["params"]["request"].clone())
            .map(|it| (text(&it["method"]), text(&it["url"])))
            .collect()
    }

    /// Checks that pages asked nobody but one host, sent nothing there, and had
    /// nothing to complain about.
    pub async fn was_quiet(&self, address: &str) {
        let requests = self.requests().await;
        assert!(!requests.is_empty());
        for (method, url) in requests {
            assert!(url.starts_with(address) || url.starts_with("data:"), "{method} {url}");
            assert_eq!(method, "GET", "{url}");
        }
        let complaints: Vec<_> = self.logged("browser").await;
        // What answers 400 is shown as a page, and browsers note the status.
        let complaints: Vec<_> =
            complaints.iter().filter(|it| !it["message"].as_str().unwrap().contains("status of 400")).collect();
        assert!(complaints.is_empty(), "{complaints:?}");
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}

impl Driver {
    fn start(program: &str) -> Driver {
        let mut child =
            Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = |line: String| {
            let rest = line.split_once("started successfully on port ")?.1.to_owned();
            Some(rest.trim_end_matches('.').to_owned())
        };
        let port = lines.by_ref().map_while(Result::ok).find_map(port).expect("the driver says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        Driver { child, address: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
