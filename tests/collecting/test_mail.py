"""Letters to departments, sent through a server that listens on the loopback only."""

import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address

import pytest
from acts import planner
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mail_server import Post, listen

from kpi.collecting.board import Letter
from kpi.collecting.mail import MailRefused, Outgoing, pasted, read_addresses, send
from kpi.model import Municipality
from kpi.settings import MailServer, mail_server

DEPARTMENTS = ("健康課", "税務課/収納係")
TOWN = Municipality("見本町", "見本町")
LETTER = Letter("【見本町】令和6年度の実績照会", "健康課　ご担当者様\n\n①髙橋まで。")


@pytest.fixture
def serve():
    """Start a mail server on the loopback."""
    running = []

    def start(post, **more):
        controller = listen(post, **more)
        running.append(controller)
        return MailServer("127.0.0.1", controller.port, "kikaku@city.example.jp")

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate of 127.0.0.1 that signs itself, and return its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def private(file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_each_department_gets_its_letter_with_its_workbook(serve):
    post = Post()
    letters = {
        "健康課": Outgoing(("a@example.jp",), LETTER, ("令和6年度実績照会_健康課.xlsx", b"PK1")),
        "税務課/収納係": Outgoing(("b@example.jp", "c@example.jp"), LETTER),
    }
    assert send(planner(), TOWN, serve(post), letters) == {}
    first, second = post.received
    assert isinstance(first, EmailMessage)
    assert first["Subject"] == LETTER.subject
    assert (first["From"], first["To"]) == ("kikaku@city.example.jp", "a@example.jp")
    assert first.get_body().get_content().rstrip("\n") == LETTER.text
    [attached] = first.iter_attachments()
    assert attached.get_filename() == "令和6年度実績照会_健康課.xlsx"
    assert attached.get_content() == b"PK1"
    assert second["To"] == "b@example.jp, c@example.jp"
    assert list(second.iter_attachments()) == []


def test_who_was_not_reached_is_named_and_the_others_get_their_letters(serve):
    post = Post(refuses={"gone@example.jp"})
    letters = {
        "健康課": Outgoing(("gone@example.jp",), LETTER),
        "保険課": Outgoing(("here@example.jp", "gone@example.jp"), LETTER),
        "税務課": Outgoing(("b@example.jp",), LETTER),
    }
    failed = send(planner(), TOWN, serve(post), letters)
    assert set(failed) == {"健康課", "保険課"}
    assert "gone@example.jp 550 no such user" in failed["健康課"]
    assert len(post.received) == 2


def test_a_line_break_in_a_subject_begins_no_header(serve):
    post = Post()
    letter = Letter("照会\r\nBcc: spy@example.jp", "x")
    assert send(planner(), TOWN, serve(post), {"健康課": Outgoing(("a@example.jp",), letter)}) == {}
    assert post.received[0]["Bcc"] is None
    assert post.received[0]["Subject"] == "照会 Bcc: spy@example.jp"


def test_letters_are_encrypted_where_the_server_offers_it(serve, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    post = Post()
    server = serve(post, tls_context=private(certificate))
    assert send(planner(), TOWN, server, {"健康課": Outgoing(("a@example.jp",), LETTER)}) == {}
    assert post.was_private == [True]


def test_a_server_that_cannot_show_who_it_is_gets_nothing(serve, certificate):
    post = Post()
    server = serve(post, tls_context=private(certificate))
    with pytest.raises(MailRefused, match="証明書"):
        send(planner(), TOWN, server, {"健康課": Outgoing(("a@example.jp",), LETTER)})
    assert post.received == []


def test_a_password_goes_to_no_server_that_does_not_encrypt(serve, monkeypatch):
    asked = []

    def authenticate(*args):
        asked.append(args)
        return AuthResult(success=True)

    server = serve(Post(), authenticator=authenticate, auth_require_tls=False)
    monkeypatch.setattr("kpi.collecting.mail._LOOPBACK", frozenset())
    named = MailServer(server.host, server.port, server.sender, "kikaku", "secret")
    with pytest.raises(MailRefused, match="暗号化"):
        send(planner(), TOWN, named, {"健康課": Outgoing(("a@example.jp",), LETTER)})
    assert asked == []
    assert "secret" not in repr(named)


def test_a_wrong_password_is_told_without_the_password(serve):
    server = serve(
        Post(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    named = MailServer(server.host, server.port, server.sender, "kikaku", "secret")
    with pytest.raises(MailRefused) as refused:
        send(planner(), TOWN, named, {"健康課": Outgoing(("a@example.jp",), LETTER)})
    assert "KPI_SMTP_PASSWORD" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_told(serve):
    server = serve(Post())
    nobody = MailServer("127.0.0.1", 1, server.sender)
    with pytest.raises(MailRefused, match="届きません"):
        send(planner(), TOWN, nobody, {"健康課": Outgoing(("a@example.jp",), LETTER)})


@pytest.mark.parametrize("sign", ["\t", ","])
def test_addresses_are_read_from_what_people_paste(sign):
    text = sign.join(["所管課", "メール"]) + "\n"
    text += sign.join(["健康課", "a@example.jp; b@example.jp"]) + "\r\n\n"
    text += sign.join(["税務課/収納係", "c@example.jp", "d@example.jp"]) + "\n"
    book = read_addresses(pasted(text), DEPARTMENTS)
    assert book.addresses == {
        "健康課": ("a@example.jp", "b@example.jp"),
        "税務課/収納係": ("c@example.jp", "d@example.jp"),
    }
    assert book.remarks == ()


def test_what_of_the_addresses_fits_nobody_is_named_with_its_line():
    text = "健康課,a@example\n福祉課,b@example.jp\n税務課/収納係,\n健康課,x y@example.jp\n"
    book = read_addresses(pasted(text), DEPARTMENTS)
    assert book.addresses == {"健康課": ("y@example.jp",)}
    assert [remark.split("：")[0] for remark in book.remarks] == [
        "1行目",
        "2行目",
        "3行目",
        "4行目",
    ]


def test_the_server_is_taken_from_the_settings(monkeypatch):
    assert mail_server() is None
    monkeypatch.setenv("KPI_SMTP_HOST", "mail.example.jp")
    with pytest.raises(ValueError, match="KPI_SMTP_FROM"):
        mail_server()
    monkeypatch.setenv("KPI_SMTP_FROM", "kikaku@example.jp")
    monkeypatch.setenv("KPI_SMTP_PORT", "587")
    assert mail_server() == MailServer("mail.example.jp", 587, "kikaku@example.jp")
