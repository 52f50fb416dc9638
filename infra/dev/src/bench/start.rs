//! Instructions from exec to the first call of the Runtime API, counted by callgrind: the same
//! number every time, whatever else the machine does.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use axum::Router;
use axum::extract::State;
use axum::routing::{any, get};
use serde_json::json;
use tokio::process::Command;
use tokio::sync::Notify;

use crate::layout::Layout;

/// What stands in for Lambda and for Secrets Manager while a function starts. Secrets hold all
/// that any function reads, so that none stops before its first poll.
async fn serve(listener: tokio::net::TcpListener, polled: Arc<Notify>) -> std::io::Result<()> {
    let next = get(async |State(polled): State<Arc<Notify>>| {
        polled.notify_one();
        // The poll is never answered, as when no event comes.
        std::future::pending::<()>().await;
    });
    let secret = any(async || {
        let all =
            json!({ "secrets": ["a"], "identity": "b", "ledger": "c", "token": "d" }).to_string();
        axum::Json(json!({ "ARN": "arn", "Name": "n", "SecretString": all }))
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", next)
        .fallback(secret)
        .with_state(polled);
    axum::serve(listener, router).await
}

/// Counts the instructions of one start.
pub(super) async fn instructions(layout: &Layout, function: &str, binary: &Path) -> Result<u64> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let polled = Arc::new(Notify::new());
    let server = tokio::spawn(serve(listener, Arc::clone(&polled)));
    let folder = layout.path("target/dev");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let output = folder.join(format!("callgrind.{function}.out"));
    let mut command = Command::new("valgrind");
    command
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", output.display()))
        .arg(binary)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("AWS_LAMBDA_RUNTIME_API", &address)
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_LAMBDA_FUNCTION_NAME", function)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "s")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "g")
        .env("AWS_REGION", "eu-north-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .envs(settings(layout)?)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let child =
        command.spawn().context("valgrind cannot be started (on Debian: apt install valgrind)")?;
    let pid = child.id().context("valgrind ended at once")?;
    let mut ended = tokio::spawn(child.wait_with_output());
    tokio::select! {
        () = polled.notified() => {}
        ended = &mut ended => {
            let told = ended??.stderr;
            bail!("{function} ended before it polled: {}", String::from_utf8_lossy(&told));
        }
        () = tokio::time::sleep(std::time::Duration::from_mins(2)) => bail!("{function} does not poll"),
    }
    // callgrind writes its counts when it is asked to end.
    Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
    ended.await??;
    server.abort();
    let counts = std::fs::read_to_string(&output)
        .with_context(|| format!("reading {}", output.display()))?;
    let total =
        between(&counts, "\nsummary: ", "\n").or_else(|| between(&counts, "\ntotals: ", "\n"));
    let total: u64 = total.context("callgrind wrote no total")?.trim().parse()?;
    ensure!(total > 0, "callgrind counted nothing");
    Ok(total)
}

/// A value for every setting that the template gives any function.
fn settings(layout: &Layout) -> Result<Vec<(String, String)>> {
    let template = std::fs::read_to_string(layout.template()).context("reading the template")?;
    let names =
        template.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name);
    let names = names.filter(|name| {
        name.contains('_') && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    });
    Ok(names.map(|name| (name.to_owned(), value(name).to_owned())).collect())
}

fn value(name: &str) -> &'static str {
    match name {
        "LOG_LEVEL" => "info",
        "TYPEFORM_BASE_URL" => "https://api.typeform.com",
        "MAIL_FROM" => "no-reply@example.dk",
        _ if name.ends_with("_SECOND")
            || name.ends_with("_SECONDS")
            || name.ends_with("CONCURRENCY") =>
        {
            "10"
        }
        _ => "arn:aws:states:eu-north-1:000000000000:stateMachine:sample",
    }
}

/// The text between two others.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = &text[text.find(from)? + from.len()..];
    Some(&rest[..rest.find(to)?])
}
