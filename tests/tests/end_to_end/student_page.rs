//! A student's own page, opened by the link that the mail about their group has sent (D4).

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use tests::cohort::small_with_mail;
use tests::{Cohort, World, run, wait_for};

/// Where the links in a student's mails with this word in their subject lead to here, once there are so many.
async fn links(
    world: &World,
    cohort: &Cohort,
    to: &Answered,
    word: &str,
    many: usize,
) -> Result<Vec<String>> {
    let texts = wait_for(word, async || {
        let sent = world.mails(cohort).await?;
        let ours = sent
            .iter()
            .filter(|mail| mail.to == to.email && mail.mail.subject.contains(word))
            .map(|mail| mail.mail.text.clone());
        let ours: Vec<String> = ours.collect();
        Ok((ours.len() >= many).then_some(ours))
    })
    .await?;
    let base = world.service.stack.http()?;
    let link = |text: &String| -> Result<String> {
        let (_, path) = text.split_once("/student/").context("a link")?;
        let path = path.split_whitespace().next().context("a link")?;
        Ok(format!("{base}/student/{path}"))
    };
    texts.iter().map(link).collect()
}

async fn link(world: &World, cohort: &Cohort, to: &Answered, word: &str) -> Result<String> {
    Ok(links(world, cohort, to, word, 1).await?.remove(0))
}

/// A browser that is shown a page: where it is, and what keeps it open.
struct Page {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

impl Page {
    /// Presses the button behind a link; nothing if that opens no page.
    async fn open(world: &World, http: &reqwest::Client, link: &str) -> Result<Option<Self>> {
        let answer = http.post(link).body("do=open").send().await?;
        if answer.status() != 303 {
            ensure!(answer.status() == 410, "{}", answer.status());
            ensure!(!answer.headers().contains_key(SET_COOKIE));
            return Ok(None);
        }
        let set = answer.headers().get(SET_COOKIE).context("a cookie")?.to_str()?;
        for part in ["__Host-student=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            ensure!(set.contains(part), "{set}");
        }
        let cookie = set.split(';').next().context("a cookie")?.to_owned();
        let place = answer.headers().get(LOCATION).context("a place")?.to_str()?;
        let url = format!("{}{place}", world.service.stack.http()?);
        Ok(Some(Self { http: http.clone(), url, cookie }))
    }

    async fn see(&self, query: &str) -> Result<String> {
        let url = format!("{}?{query}", self.url);
        let answer = self.http.get(url).header(COOKIE, &self.cookie).send().await?;
        ensure!(answer.status() == 200, "{query} answered {}", answer.status());
        ensure!(answer.headers()["cache-control"] == "no-store");
        Ok(answer.text().await?)
    }

    /// Goes to the page that asks and confirms.
    async fn act(&self, act: &str) -> Result<u16> {
        let asks = self.see(&format!("do={act}&lang=en")).await?;
        let (_, form) = asks.split_once("name=\"form\" value=\"").context("a form")?;
        let form = form.split('"').next().context("a form")?;
        let body = format!("do={act}&lang=en&form={form}");
        let answer =
            self.http.post(&self.url).header(COOKIE, &self.cookie).body(body).send().await?;
        Ok(answer.status().as_u16())
    }
}

#[test]
fn d4_a_student_opens_their_page_by_a_mailed_link_leaves_the_group_and_the_link_serves_once()
-> Result<()> {
    run(async |world| {
        let cohort = world.cohort("page", small_with_mail).await?;
        let students = cohort.answered_by(6).await?;
        cohort.form().await?;
        let mine = &students[0];
        let way_in = link(world, &cohort, mine, "gruppe").await?;
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        // The link in the group mail opens nothing; its button mails the student one that does.
        let pressed = http.post(&way_in).body("do=open").send().await?;
        ensure!(pressed.status() == 200 && !pressed.headers().contains_key(SET_COOKIE));
        for _ in 0..2 {
            ensure!(http.post(&way_in).body("do=renew").send().await?.status() == 200);
        }
        let url = links(world, &cohort, mine, "link til din side", 1).await?.remove(0);
        // What opens links to look for harmful mail uses nothing up and sees nobody.
        for _ in 0..2 {
            let door = http.get(&url).send().await?;
            ensure!(door.status() == 200, "{}", door.status());
            ensure!(!door.text().await?.contains(mine.last.as_str()));
        }
        let page = Page::open(world, &http, &url).await?.context("the page opens")?;
        let seen = page.see("lang=en").await?;
        let others =
            students.iter().filter(|other| seen.contains(&format!("mailto:{}", other.email)));
        ensure!(others.count() > 0, "the others of the group");
        ensure!(seen.contains(&mine.email) && seen.contains("My group"));

        // The link serves once; another one comes to the mailbox.
        ensure!(Page::open(world, &http, &url).await?.is_none(), "a second use shows nothing");
        let bare = http.get(&page.url).send().await?;
        ensure!(bare.status() == 410, "{}", bare.status());
        for _ in 0..2 {
            ensure!(http.post(&url).body("do=renew").send().await?.status() == 200);
        }
        let both = links(world, &cohort, mine, "link til din side", 2).await?;
        let newer = both.into_iter().find(|link| *link != url).context("another link")?;
        let again = Page::open(world, &http, &newer).await?.context("the new link opens it")?;

        // Everything is handed out, and leaving is done at once, however often it is pressed.
        ensure!(again.act("access").await? == 200);
        for _ in 0..2 {
            ensure!(again.act("objection").await? == 303);
        }
        ensure!(cohort.student(&mine.email).await?["objected"]["S"].is_string());
        ensure!(!again.see("").await?.contains("mailto:"));
        ensure!(again.act("lift-objection").await? == 303);
        ensure!(cohort.student(&mine.email).await?["objected"]["S"].as_str().is_none());

        // A deletion waits for an operator, with its clock.
        ensure!(again.act("erasure").await? == 303);
        let operator = world.operator().await?;
        let asked = operator.get(&cohort.path("/rights")).await?;
        let asked = asked["items"].as_array().context("requests")?;
        let of = |kind: &str| asked.iter().filter(|it| it["kind"] == kind).collect::<Vec<_>>();
        let erasure = of("erasure");
        ensure!(erasure.len() == 1 && erasure[0]["status"] == "confirmed", "{asked:?}");
        ensure!(erasure[0]["channel"] == "student_page" && erasure[0]["noted_by"].is_null());
        let objection = of("objection");
        ensure!(objection.len() == 1 && objection[0]["status"] == "lifted", "{asked:?}");
        let path = format!("/rights/{}/erase", erasure[0]["id"].as_str().context("an id")?);
        wait_for("the erasure", async || {
            let none = serde_json::json!({});
            let body = operator.send(reqwest::Method::POST, &cohort.path(&path), &none).await?.body;
            Ok(body["erasure"].is_string().then_some(()))
        })
        .await?;
        wait_for("the student to be gone", async || {
            Ok(cohort.student(&mine.email).await.is_err().then_some(()))
        })
        .await?;
        for link in [&way_in, &url, &newer] {
            ensure!(http.get(link).send().await?.status() == 410, "nothing is left to show");
        }

        let trail = world.audit(&world.institution).await?;
        let id = erasure[0]["student"].as_str().context("an id")?;
        for action in
            ["student.open", "student.show", "student.link", "rights.fetch", "rights.lift"]
        {
            let found = trail.iter().any(|entry| {
                entry["action"]["S"] == action && entry["actor"]["M"]["student"]["S"] == id
            });
            ensure!(found, "{action}");
        }
        ensure!(trail.iter().all(|entry| !entry.to_string().contains(&mine.email)));
        Ok(())
    })
}
