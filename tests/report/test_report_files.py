"""HTML, PDF, JSON and CSV of one report: same bytes, same content, no number where nothing was measured."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pypdf
import pytest

from medius.errors import InvalidValueError
from medius.record import SCHEMA
from medius.report import FORMATS, ReportData, render_report, report_object
from medius.report._format import format_value

VOID = {"meta", "img", "br", "link", "hr", "input", "source"}


class Page(HTMLParser):
    """Reads a page: checks that tags nest, collects attributes, ids and words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.rows: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)
            if "tr" in self.open:
                self.rows[-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self) -> str:
        return squeeze(" ".join(self.words))


def squeeze(text: str) -> str:
    """Fold white space, hyphenation and ligatures away, so that line breaks do not matter."""
    text = text.replace("\u00ad", "").replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff").replace("ﬃ", "ffi")
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def files(report_data: ReportData) -> dict[str, bytes]:
    return render_report(report_data)


@pytest.fixture(scope="module")
def page(files: dict[str, bytes]) -> Page:
    return Page(files["report.html"].decode())


@pytest.fixture(scope="module")
def pdf(files: dict[str, bytes]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(files["report.pdf"]))


@pytest.fixture(scope="module")
def pdf_text(pdf: pypdf.PdfReader) -> str:
    return squeeze("\n".join(page.extract_text() for page in pdf.pages))


def test_same_input_gives_same_bytes(report_data: ReportData, files: dict[str, bytes]) -> None:
    assert render_report(report_data) == files
    assert list(files) == ["report.html", "report.pdf", "observations.json", "observations.csv", "strides.csv"]


def test_formats_can_be_chosen_and_unknown_ones_are_told(report_data: ReportData) -> None:
    assert list(render_report(report_data, ("json",))) == ["observations.json"]
    with pytest.raises(InvalidValueError, match=r"docx.*html, pdf, json, csv"):
        render_report(report_data, (*FORMATS, "docx"))


def test_every_observation_is_in_html_and_in_pdf(report_data: ReportData, page: Page, pdf_text: str) -> None:
    for text in (page.text, pdf_text):
        for o in report_data.observations:
            wanted = o.text or ("" if o.value is None else format_value(o.value, o.unit, o.code))
            assert squeeze(wanted or "not measurable") in text, o.code
            if o.reason:
                assert squeeze(o.reason) in text, o.code


def test_units_are_those_that_people_use(page: Page) -> None:
    for shown in ("8.0°", "260ms", "−1.3cm", "58%", "165.3steps/min", "7.2to8.7°"):
        assert shown in page.text, shown


def test_every_sentence_is_in_html_and_in_pdf(report_data: ReportData, page: Page, pdf_text: str) -> None:
    d = report_data
    wanted = [s.text for s in (*d.summary, *d.red_flags, *d.caveats, *d.next_steps)]
    wanted += [text for f in d.findings for text in (f.title, f.text, f.certainty)]
    wanted += [text for f in d.evidence for text in (f.id, f.statement, f.citation)]
    wanted += [m.definition for m in d.measures] + [text for part in d.method for text in (part.what, part.version)]
    wanted += [
        d.title,
        d.person.name or "",
        "1.79 m",
        d.inputs[0].sha256,
        "rear.mp4",
        "from behind; 480 frames",
        "36 healthy runners",
        "+2.2 SD",
    ]
    wanted += [text for q in d.quality for text in (q.message, q.how_to_film)] + ["Use a motion-capture laboratory."]
    wanted += ["more than measurement error", "Left +0.6 SD", d.videos[0].file_name]
    for sentence in wanted:
        assert squeeze(sentence) in page.text, sentence
        assert squeeze(sentence) in pdf_text, sentence


def test_what_is_not_measurable_has_no_number(page: Page) -> None:
    row = next(row for row in page.rows if "Hip adduction" in row)
    assert row.count("not measurable") == 2
    assert not re.search(r"\d", row)


def test_page_loads_nothing_and_runs_nothing(files: dict[str, bytes], page: Page) -> None:
    html = files["report.html"].decode()
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("iframe")
    assert "url(" not in html
    assert "@import" not in html
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", "")
    for image in page.all("img"):
        content = base64.b64decode(image["src"].split(",", 1)[1])
        assert not re.search(rb"(href|src)=.https?:", content)


def test_links_go_to_web_addresses_and_known_places_only(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = [attrs["href"] for attrs in page.all("a")]
    assert "https://www.ncbi.nlm.nih.gov/pubmed/30193080" in targets
    assert "annotated%20rear.webm" in targets
    assert not any("javascript" in target for target in targets)
    for target in targets:
        assert not target.startswith("#") or target[1:] in ids
    assert "#evidence-X99" not in targets
    assert "X99" in page.text


def test_page_is_well_formed_and_accessible(files: dict[str, bytes], page: Page) -> None:
    assert page.open == []
    assert files["report.html"].startswith(b"<!doctype html>")
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == 1
    assert all(image["alt"].strip() for image in page.all("img"))
    assert all(header.get("scope") in ("col", "row") for header in page.all("th"))
    assert "Ada<Runner>&Co" in page.text
    labels = {attrs["aria-labelledby"] for attrs in page.all("section")}
    assert labels <= {attrs.get("id") for attrs in page.all("h2")}


def test_reading_order_is_warning_summary_pictures_table_evidence(page: Page) -> None:
    order = [attrs["id"] for attrs in page.all("h2")]
    expected = "flags summary caveats findings frames charts measures missing next method evidence"
    assert order == expected.split()


def test_empty_parts_are_left_out(report_data: ReportData) -> None:
    bare = ReportData(title="Bare", observations=report_data.observations[:1])
    made = render_report(bare)
    page = Page(made["report.html"].decode())
    assert [attrs["id"] for attrs in page.all("h2")] == ["measures"]
    reader = pypdf.PdfReader(io.BytesIO(made["report.pdf"]))
    assert "4.8°" in squeeze(reader.pages[0].extract_text())


def test_pdf_is_tagged_titled_and_undated(pdf: pypdf.PdfReader) -> None:
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Running form report"
    assert pdf.metadata.creation_date is None
    box = pdf.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((595.28, 841.89), abs=0.1)
    assert f"Page1of{len(pdf.pages)}" in squeeze(pdf.pages[0].extract_text())


def test_pdf_carries_its_own_fonts_only(pdf: pypdf.PdfReader) -> None:
    names = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in pdf.pages
        for font in page["/Resources"].get("/Font", {}).values()  # type: ignore[attr-defined]
    }
    assert names
    assert all(name.startswith(("LibertinusSerif", "DejaVuSans")) for name in names), names


def test_json_has_the_stable_names(report_data: ReportData, files: dict[str, bytes]) -> None:
    made = json.loads(files["observations.json"])
    assert made == json.loads(json.dumps(report_object(report_data)))
    assert made["schema"] == SCHEMA
    assert {"path", "sha256", "view", "fps", "frames"} <= set(made["inputs"][0])
    assert made["quality"][0]["code"] == "too-dark"
    wanted = [
        "code",
        "side",
        "value",
        "unit",
        "standard_error",
        "interval_95",
        "n_strides",
        "status",
        "reason",
        "source",
        "method",
        "evidence",
    ]
    for given, o in zip(made["observations"], report_data.observations, strict=True):
        assert set(wanted) <= set(given)
        assert given["value"] == o.value


def test_csv_gives_back_every_value_in_si_units(report_data: ReportData, files: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(files["observations.csv"].decode())))
    assert len(rows) == len(report_data.observations)
    for row, o in zip(rows, report_data.observations, strict=True):
        assert (row["code"], row["side"] or None, row["status"]) == (o.code, o.side, o.status)
        assert (float(row["value"]) if row["value"] else None) == o.value
    assert rows[0]["evidence"] == "K01 K19"
    strides = list(csv.DictReader(io.StringIO(files["strides.csv"].decode())))
    assert strides[0]["value"] == "0.261"


def test_csv_text_is_never_a_formula(report_data: ReportData) -> None:
    nasty = report_data.observations[0].model_copy(update={"person": '=HYPERLINK("x")'})
    made = render_report(dataclasses.replace(report_data, observations=(nasty,)), ("csv",))
    row = next(iter(csv.DictReader(io.StringIO(made["observations.csv"].decode()))))
    assert row["person"] == '\'=HYPERLINK("x")'


def test_key_frames_are_shown_left_before_right_in_the_order_of_stance(report_data: ReportData) -> None:
    shuffled = dataclasses.replace(report_data, key_frames=report_data.key_frames[::-1])
    page = Page(render_report(shuffled, ("html",))["report.html"].decode())
    alts = [image["alt"] for image in page.all("img") if "joints drawn" in image["alt"]]
    expected = [f"{s} {e}" for s in ("Left", "Right") for e in ("initial contact", "midstance", "toe-off")]
    assert [alt.split(",")[0] for alt in alts] == expected


def test_a_difference_is_not_shown_where_a_side_is_missing(report_data: ReportData) -> None:
    observations = (report_data.observations[0].model_copy(update={"code": "hip_adduction"}), *report_data.observations)
    kept = tuple(o for o in observations if not (o.code == "hip_adduction" and o.side == "left" and o.value is None))
    difference = dataclasses.replace(report_data.side_differences[0], code="hip_adduction", value=77.7)
    changed = dataclasses.replace(report_data, observations=kept, side_differences=(difference,))
    assert b"77.7" not in render_report(changed, ("html",))["report.html"]


def test_picture_bytes_do_not_hide_a_clock(files: dict[str, bytes]) -> None:
    """No date of writing anywhere: the current year would show as /CreationDate or dc:date."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", files["report.pdf"], re.DOTALL)
    unpacked = files["report.pdf"]
    for stream in streams:
        try:
            unpacked += zlib.decompress(stream)
        except zlib.error:
            continue
    for mark in (b"/CreationDate", b"/ModDate", b"xmp:CreateDate", b"dc:date"):
        assert mark not in unpacked


def test_file_names_that_are_no_text_do_not_stop_the_report(report_data: ReportData) -> None:
    """Linux hands such bytes over as lone surrogates."""
    odd = dataclasses.replace(report_data.inputs[0], path="clip\udcff.mp4")
    made = render_report(dataclasses.replace(report_data, inputs=(odd,)))
    assert "clip?.mp4" in made["report.html"].decode()
    assert json.loads(made["observations.json"])["inputs"][0]["path"] == "clip\udcff.mp4"


def test_the_same_thing_measured_in_two_clips_is_shown_twice(report_data: ReportData) -> None:
    first = next(o for o in report_data.observations if o.code == "cadence")
    second = first.model_copy(update={"value": 171.2, "interval_95": None})
    made = render_report(dataclasses.replace(report_data, observations=(first, second)), ("html", "pdf"))
    row = next(row for row in Page(made["report.html"].decode()).rows if "Cadence" in row)
    words = pypdf.PdfReader(io.BytesIO(made["report.pdf"])).pages
    for text in (squeeze(row), squeeze("".join(page.extract_text() for page in words))):
        assert text.count("165.3steps/min") == text.count("171.2steps/min") == 1


def test_refuses_arrays_that_do_not_fit() -> None:
    from medius.report import Curve, KeyFrame

    with pytest.raises(InvalidValueError, match="one length"):
        Curve(
            code="x", side=None, title="x", unit="deg", percent=np.arange(3.0), mean=np.zeros(2), sd=np.zeros(3),
            n_strides=1,
        )  # fmt: skip
    with pytest.raises(InvalidValueError, match="RGB"):
        KeyFrame(image=np.zeros((4, 4), np.uint8), title="x", side=None, event="midstance", time_s=0.0)
