//! A web server on this computer that does as it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a client asked for.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// What the server does next.
pub enum Act {
    Send(Vec<u8>),
    Pause(Duration),
}

/// A running server; it ends with the process.
pub struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// `5` of `Range: bytes=5-`.
    pub fn range_from(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

impl Server {
    /// Answers each request with what `handler` makes of it and of the number of requests before it.
    pub fn start(handler: impl Fn(&Request, usize) -> Vec<Act> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, handler) = (Arc::clone(&requests), Arc::new(handler));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
                thread::spawn(move || answer(&stream.unwrap(), &log, handler.as_ref()));
            }
        });
        Self { port, requests }
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: &TcpStream,
    log: &Mutex<Vec<Request>>,
    handler: &(dyn Fn(&Request, usize) -> Vec<Act> + Send + Sync),
) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let headers = lines.take_while(|line| !line.is_empty()).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    });
    let request = Request { path, headers: headers.collect() };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    for act in handler(&request, before) {
        match act {
            Act::Send(bytes) if stream.write_all(&bytes).is_err() => return,
            Act::Send(_) => {}
            Act::Pause(time) => thread::sleep(time),
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// An answer with a status, headers and a body, whose length is stated unless a header does so.
pub fn reply(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<Act> {
    let mut head = format!("HTTP/1.1 {status} Whatever\r\nConnection: close\r\n");
    let states_length = |(name, _): &(&str, &str)| {
        ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str())
    };
    if !headers.iter().any(states_length) {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    vec![Act::Send((head + "\r\n").into_bytes()), Act::Send(body.to_vec())]
}

/// An answer without a stated length: the body ends where the connection does.
pub fn reply_without_length(headers: &str, body: &[u8]) -> Vec<Act> {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n");
    vec![Act::Send(head.into_bytes()), Act::Send(body.to_vec())]
}

/// An answer with a file as good servers give it: with a tag, and a part where one is asked for.
pub fn file(request: &Request, body: &[u8], tag: &str) -> Vec<Act> {
    let current = request.header("if-range").is_none_or(|wanted| wanted == tag);
    match request.range_from().filter(|_| current) {
        None => reply(200, &[("ETag", tag)], body),
        Some(from) if from >= body.len() => {
            reply(416, &[("Content-Range", &format!("bytes */{}", body.len()))], b"")
        }
        Some(from) => {
            let range = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
            reply(206, &[("ETag", tag), ("Content-Range", &range)], &body[from..])
        }
    }
}

/// The same, but the connection breaks after `kept` bytes of the body.
pub fn cut(acts: Vec<Act>, kept: usize) -> Vec<Act> {
    let mut acts = acts;
    if let Some(Act::Send(body)) = acts.get_mut(1) {
        body.truncate(kept);
    }
    acts
}
