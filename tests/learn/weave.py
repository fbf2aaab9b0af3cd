"""Weaves the pages into a website: menus and lists, sitemaps and robots.txt, redirects, copies, and traps."""

import calendar
import gzip
import html
import itertools
from dataclasses import dataclass, field
from pathlib import Path

import pages
from pages import Page, template
from sources import Source
from web import Reply, Site

# A document on the site, of the folder `files`.
DOCUMENT = "pdfjs-pdfjs_wikipedia.pdf"
# How a crawl of the site is asked for. Its pages are five links away at most, so the depth cuts the calendar only.
DEPTH, MOST_PAGES = 7, 400
EXCLUDED = ["/calendar/day/*"]
# A hole in the site's own net: what is asked for below these paths was forbidden, or leads nowhere.
FORBIDDEN = ["/private/", "/calendar/day/", "/never/", "/media/cover"]


@dataclass
class Woven:
    """The site, and what is to come of it."""

    site: Site
    # What is to be known.
    sources: list[Source] = field(default_factory=list)
    # Paths of the site's own pages, which may be known too.
    lists: set[str] = field(default_factory=set)
    # Failures that the owner is told of, with a word of the reason.
    failures: dict[str, str] = field(default_factory=dict)

    def is_own(self, path: str) -> bool:
        return path in self.lists or path.startswith(("/calendar/", "/deeper/"))


def weave(cases: Path, site: Site, elsewhere: Site) -> Woven:
    """Gives the site its pages. What is asked of the site `elsewhere` has left the crawl."""
    woven = Woven(site)
    library, real, shops, world = pages.articles(cases), pages.real(cases), pages.shops(cases), pages.world(cases)
    home = tricks(woven, library, elsewhere)
    in_sitemap_only = [*itertools.chain(*(parts[1:] for parts in list(library.values())[-2:])), *real[::4]]
    for page in in_sitemap_only:
        page.is_linked = False
    firsts = [parts[0] for parts in library.values()]
    for first, *others in library.values():
        first.links += [(part.path, part.title) for part in others if part.is_linked]
    for page in [*real, *shops]:
        # What these two are about are links that are relative to a base.
        if "base-url" not in page.path:
            page.raw = pages.relinked(page, [first.path for first in firsts])
    for page in [*itertools.chain(*library.values()), *real, *shops, *world]:
        reply = page.reply()
        known = site.replies.get(page.path)
        site.replies[page.path] = Reply(reply.body, reply.kind, is_busy_first=known is not None and known.is_busy_first)
        woven.sources.append(page.source)
    document(woven, cases, home)
    put_list(woven, "/", "The Reading Room", "Texts of all kinds, to be read aloud or in silence.", home)
    put_list(woven, "/library/", "Library", "Articles about the world, each on a few pages.", links_to(firsts))
    put_list(woven, "/reading/", "Reading list", "What others have written.", links_to(page for page in real if page.is_linked))
    put_list(woven, "/shops/", "Shops", "Small businesses of the quay.", links_to(shops))
    put_list(woven, "/world/", "World", "In the languages of our readers.", links_to(world))
    put_maps(woven, in_sitemap_only, firsts)
    traps(woven)
    return woven


def links_to(every) -> list[tuple[str, str]]:
    return [(page.path, page.title) for page in every]


def put_list(woven: Woven, path: str, title: str, says: str, links: list[tuple[str, str]]) -> None:
    woven.site.replies[path] = html_page(title, says, links)
    woven.lists.add(path)


def html_page(title: str, says: str, links: list[tuple[str, str]] = (), head: str = "", **headers: str) -> Reply:
    text = template(title, f"<p>{says}</p>" if says else "", list(links), head=head)
    return Reply(text.encode(), headers={name.replace("_", "-"): value for name, value in headers.items()})


def redirect(to: str, status: int = 301) -> Reply:
    return Reply(status=status, kind=None, headers={"location": to})


def tricks(woven: Woven, library: dict[str, list[Page]], elsewhere: Site) -> list[tuple[str, str]]:
    """Hides the second page of an article behind each trick, so that it is known only to those who see through it.
    Gives the links of the home page to them."""
    replies = woven.site.replies
    seconds = iter([(slug, parts[1]) for slug, parts in library.items()])
    home = [("/library/?utm_source=home&utm_campaign=autumn", "Where from")]

    def hide() -> tuple[str, Page]:
        slug, page = next(seconds)
        page.is_linked = False
        return slug, page

    def move(page: Page, path: str) -> None:
        page.path = page.source.name = path

    # Redirects, one after the other, two of them for good.
    slug, page = hide()
    replies |= {"/old/1": redirect("/old/2"), "/old/2": redirect("/old/3", 308), "/old/3": redirect(page.path, 302)}
    home.append(("/old/1", "Moved thrice"))
    # A page that sends its readers on.
    slug, page = hide()
    replies["/welcome.html"] = html_page("Welcome", "", head=f'<meta http-equiv="refresh" content="0; url={page.path}">')
    home.append(("/welcome.html", "Welcome"))
    # Links that are relative to another base.
    slug, page = hide()
    move(page, f"/archive/{slug}/part-2.html")
    replies["/desk/archive.html"] = html_page("The archive", "Old parts.", [("part-2.html", page.title)], head=f'<base href="/archive/{slug}/">')
    woven.lists.add("/desk/archive.html")
    home.append(("/desk/archive.html", "Archive"))
    # A folder that is not to be fetched, but for one page in it.
    slug, page = hide()
    move(page, f"/private/open/{slug}.html")
    replies["/private/diary.html"] = html_page("Diary", "Nobody may read this.")
    home += [(page.path, page.title), ("/private/diary.html", "Diary"), ("/private/", "Private")]
    # Pages that are not to be known, of which one leads on and the other does not.
    slug, page = hide()
    replies["/drafts/one.html"] = html_page("Draft", "Unfinished business about walruses.", [(page.path, page.title)], head='<meta name="robots" content="noindex">')
    replies["/drafts/two.html"] = html_page("Draft", "More unfinished business about walruses.", x_robots_tag="noindex")
    replies["/drafts/three.html"] = html_page("Walk on", "Nothing but walruses.", [("/never/followed.html", "Never")], head='<meta name="robots" content="noindex, nofollow">')
    home += [(f"/drafts/{name}.html", "A draft") for name in ("one", "two", "three")]
    # Copies that say whose they are, by another order, for printing, and by where a reader came from.
    slug, page = hide()
    own = f'<link rel="canonical" href="{page.path}">'
    copy = template(page.title, page.main, [], head=own).encode()
    replies |= {f"{page.path}?sort=asc": Reply(copy), f"/print/{slug}-2.html": Reply(copy)}
    home += [(f"{page.path}?sort=asc", "Sorted"), (f"/print/{slug}-2.html", "Print"), (f"{page.path}?utm_source=letter", "Letter")]
    # A copy that does not say so.
    slug, page = hide()
    replies[f"/copies/from-the-library-of-the-reading-room/{slug}-2.html"] = Reply(template(page.title, page.main, []).encode())
    home += [(page.path, page.title), (f"/copies/from-the-library-of-the-reading-room/{slug}-2.html", "A copy")]
    # A page that is busy when it is asked for first.
    slug, page = hide()
    replies[page.path] = Reply(is_busy_first=True)
    home.append((page.path, page.title))
    # Redirects that lead nowhere, or out of the site.
    replies |= {"/self": redirect("/self"), "/ring/a": redirect("/ring/b"), "/ring/b": redirect("/ring/a")}
    replies["/away"] = redirect(f"{elsewhere.origin}/secret.html", 302)
    home += [("/self", "Itself"), ("/ring/a", "In a ring"), ("/away", "Away"), (f"{elsewhere.origin}/next.html", "Next door")]
    # What is not there, or not as a page.
    replies["/gone.html"] = Reply(b"<p>Gone.</p>", status=410)
    replies["/broken.html"] = Reply(b"<p>Broken.</p>", status=500)
    replies["/media/film"] = Reply(b"\0\0\0\x18ftypmp42" + bytes(2000), "video/mp4")
    home += [(path, "Perhaps") for path in ("/missing.html", "/gone.html", "/broken.html", "/media/film", "/media/cover.jpg", "/media/cover.zip")]
    home += [("mailto:desk@reading.example", "Write"), ("javascript:void(0)", "Nothing"), ("tel:+35391000000", "Call")]
    woven.failures |= {"/missing.html": "404", "/gone.html": "410", "/broken.html": "500", "/self": "itself"}
    return [*home, ("/deeper/a/", "Deeper")]


def document(woven: Woven, cases: Path, home: list[tuple[str, str]]) -> None:
    """A PDF that a page leads to."""
    path = f"/papers/{DOCUMENT}"
    case = next(case for case in pages.case_list(cases, "files") if case["file"] == DOCUMENT)
    woven.site.replies[path] = Reply((cases / "files" / DOCUMENT).read_bytes(), "application/pdf")
    woven.sources.append(Source(path, "\n".join(case["must_contain"]), phrases=case["must_contain"]))
    home.append((path, "A paper"))


def put_maps(woven: Woven, only: list[Page], firsts: list[Page]) -> None:
    """robots.txt, an index of sitemaps, a plain one, and a packed one with pages to which no link leads."""
    site = woven.site

    def listing(paths: list[str], root: str = "urlset", item: str = "url") -> bytes:
        places = "".join(f"<{item}><loc>{html.escape(site.origin + path)}</loc><lastmod>2026-11-01</lastmod></{item}>" for path in paths)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</{root}>'.encode()

    robots = (
        "User-agent: *\nDisallow: /private/\nAllow: /private/open/\nDisallow: /*.cgi$\nCrawl-delay: 0\n\n"
        f"User-agent: Hoarder\nDisallow: /\n\nSitemap: {site.origin}/sitemap_index.xml\n"
    )
    maps = ["/sitemaps/articles.xml", "/sitemaps/rest.xml.gz", "/sitemaps/lost.xml"]
    site.replies |= {
        "/robots.txt": Reply(robots.encode(), "text/plain"),
        "/sitemap_index.xml": Reply(listing(maps, "sitemapindex", "sitemap"), "application/xml"),
        maps[0]: Reply(listing([page.path for page in firsts]), "application/xml"),
        maps[1]: Reply(gzip.compress(listing([page.path for page in only]), mtime=0), "application/gzip"),
    }


def traps(woven: Woven) -> None:
    """A calendar without end, and a path that a relative link makes longer and longer."""

    def month(path: str) -> Reply | None:
        pieces = path.strip("/").split("/")
        if len(pieces) != 3 or not (pieces[1] + pieces[2]).isdigit():
            return None
        year, number = int(pieces[1]), int(pieces[2])
        if not 1 <= number <= 12:
            return None
        neighbours = [(year + (number + step - 1) // 12, (number + step - 1) % 12 + 1) for step in (-1, 1)]
        links = [(f"/calendar/{year:04}/{number:02}/", f"{calendar.month_name[number]} {year}") for year, number in neighbours]
        days = range(1, calendar.monthrange(year, number)[1] + 1)
        links += [(f"/calendar/day/{year:04}-{number:02}-{day:02}.html", str(day)) for day in days]
        return html_page(f"{calendar.month_name[number]} {year}", "No readings yet.", links)

    def deeper(path: str) -> Reply:
        return html_page("Deeper", f"This is {path.count('/')} deep.", [("a/", "Deeper still")])

    woven.site.made |= {"/calendar/": month, "/deeper/": deeper}
