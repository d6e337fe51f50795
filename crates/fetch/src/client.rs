//! One request to the web: redirects, times to wait, and what the answer says of itself.

mod reply;

use std::time::Duration;

use neuroloom_core::Error;
use ureq::http::header::{ACCEPT_ENCODING, IF_RANGE, LOCATION, RANGE};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body, Proxy};

use crate::address::Address;
use crate::trouble::Trouble;

pub(crate) use reply::{Reply, Validator};

/// Redirects to follow before a server is believed to lead in circles.
const MOST_REDIRECTS: u32 = 5;

/// How patient we are with servers.
#[derive(Clone, Copy, Debug)]
pub struct Transport {
    /// For finding the server and connecting to it.
    pub connect_timeout: Duration,
    /// For the head of an answer, once a request was sent.
    pub answer_timeout: Duration,
    /// Between two pieces of a file.
    pub idle_timeout: Duration,
    /// In every stretch of this length …
    pub pace_window: Duration,
    /// … at least so many bytes must come.
    pub pace_bytes: u64,
    /// Whether `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment are followed.
    pub proxy_from_environment: bool,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(20),
            answer_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(30),
            pace_window: Duration::from_secs(60),
            pace_bytes: 16 << 10,
            proxy_from_environment: true,
        }
    }
}

/// Asks servers.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    agent: Agent,
}

/// From where on a file is wanted, and of which version.
pub(crate) struct Resume<'a> {
    pub from: u64,
    pub validator: Option<&'a Validator>,
}

impl Client {
    pub fn new(transport: &Transport) -> Self {
        let proxy = transport.proxy_from_environment.then(Proxy::try_from_env).flatten();
        let config = Agent::config_builder()
            .user_agent(concat!("neuroloom/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(transport.connect_timeout))
            .timeout_connect(Some(transport.connect_timeout))
            .timeout_send_request(Some(transport.answer_timeout))
            .timeout_recv_response(Some(transport.answer_timeout))
            .timeout_per_read(Some(transport.idle_timeout))
            .timeout_per_write(Some(transport.idle_timeout))
            .proxy(proxy);
        Self { agent: config.build().new_agent() }
    }

    /// Asks for a file, or the rest of it, following redirects.
    pub fn get(&self, address: &Address, resume: Option<&Resume<'_>>) -> Result<Reply, Trouble> {
        let mut address = address.clone();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&address, resume).map_err(|e| e.at_object(&address.to_string()))?;
            match redirect(&response) {
                Some(location) => address = address.redirected(&location)?,
                None => return Ok(Reply::new(address, response)),
            }
        }
        let error = Error::data(format!("the server leads on and on: more than {MOST_REDIRECTS} redirects"));
        Err(error.at_object(address.to_string()).into())
    }

    /// Cuts all connections, so that whoever waits for one stops waiting.
    pub fn cut(&self) {
        self.agent.clone().shutdown();
    }

    fn ask(&self, address: &Address, resume: Option<&Resume<'_>>) -> Result<Response<Body>, Trouble> {
        // What is compressed on the way has neither the size nor the digest of the file.
        let mut request = self.agent.get(address.uri()).header(ACCEPT_ENCODING, "identity");
        if let Some(resume) = resume {
            request = request.header(RANGE, format!("bytes={}-", resume.from));
            if let Some(validator) = resume.validator {
                request = request.header(IF_RANGE, validator.as_str());
            }
        }
        Ok(request.call()?)
    }
}

/// Where the answer sends us instead.
fn redirect(response: &Response<Body>) -> Option<String> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    redirects.contains(&response.status()).then(|| location.to_owned())
}
