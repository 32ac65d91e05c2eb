"""Packages come with uv, from where pip would take them, and a failure is one line."""

import io
import sys

import pytest

from lstm_lessons import install

SETTINGS = """\
:env:.find-links='/wheels /more'
global.cert='/ca.pem'
global.extra-index-url='file:///disk/simple https://mirror.example/simple'
global.find-links='/old'
list.format='columns'
"""


def test_uv_looks_where_pip_looks():
    assert install.uv_environment(SETTINGS, {"HOME": "/home/me"}) == {
        "HOME": "/home/me",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX": "https://mirror.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/ca.pem",
    }


def test_what_the_reader_told_uv_stays():
    assert install.uv_environment(SETTINGS, {"UV_FIND_LINKS": "/mine"})["UV_FIND_LINKS"] == "/mine"
    assert install.uv_environment("", {}) == {}
    told = install.uv_environment("global.index-url='https://mirror.example/simple'\n", {})
    assert told == {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Downloading torch (187.7MiB)\n", "Downloading torch (187.7MiB)"),
        ("  Downloading torch-2.13.0-cp311-none.whl (1.2 GB)\n", "Downloading torch-2.13.0-cp311-none.whl (1.2 GB)"),
        ("Downloading pygments (1.2MiB)\n", None),
        ("  Downloading six-1.16.0.whl (11 kB)\n", None),
        (" Downloaded torch\n", None),
    ],
)
def test_only_large_downloads_are_told(line, told):
    assert install.large_download(line) == told


def test_what_an_installer_writes_is_in_the_log(capsys):
    program = "print('Downloading torch (190MiB)'); print('ERROR: no space'); raise SystemExit(3)"
    log = io.StringIO()
    written = install.run((sys.executable, "-c", program), log)
    assert written == log.getvalue() == "Downloading torch (190MiB)\nERROR: no space\n"
    assert capsys.readouterr().out == "  Downloading torch (190MiB)\n"
    assert install.run((sys.executable, "-c", "print('done')"), log) is None


@pytest.fixture
def log(tmp_path):
    with open(tmp_path / "install.log", "w", encoding="utf-8") as file:
        yield file


def test_pip_installs_where_uv_cannot(log, monkeypatch):
    monkeypatch.setattr(install, "wants_cpu_build", lambda: False)
    asked = []

    def way(answer):
        return lambda packages, cpu, log: asked.append((answer, packages)) or answer

    install.install("test", log, ways=(way("No matching distribution found for uv"), way(None), way("never asked")))
    packages = ("--editable", ".[test]", "--constraint", "constraints.txt")
    assert asked == [("No matching distribution found for uv", packages), (None, packages)]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("  cause: dns error\n", "could not be downloaded: no network?"),
        ("ERROR: No space left on device\nmore", "could not be installed: ERROR: No space left on device. The whole"),
        ("error: no such file\n", "could not be installed: error: no such file. The whole story"),
        ("Killed\n", "could not be installed: the installer gives no reason. The whole story"),
    ],
)
def test_a_failure_is_one_line(written, told, log, monkeypatch):
    monkeypatch.setattr(install, "wants_cpu_build", lambda: False)
    with pytest.raises(install.InstallError) as caught:
        install.install("", log, ways=(lambda *arguments: written,))
    assert told in str(caught.value) and log.name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("answers", "cpu"), [(True, True), (False, False)])
def test_a_machine_without_a_card_takes_the_cpu_build_where_it_can_be_had(answers, cpu, log, monkeypatch, capsys):
    monkeypatch.setattr(install, "wants_cpu_build", lambda: True)
    monkeypatch.setattr(install, "reached", lambda address: answers)
    asked = []
    install.install("", log, ways=(lambda packages, cpu, log: asked.append(cpu),))
    assert asked == [cpu]
    assert ("does not answer" in capsys.readouterr().out) is not answers


def test_a_machine_with_a_card_keeps_pypis_build(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(install.platform, "machine", lambda: "x86_64")
    for card in (True, False):
        monkeypatch.setattr(install, "has_nvidia_card", lambda card=card: card)
        assert install.wants_cpu_build() is not card
    monkeypatch.setattr(install.platform, "machine", lambda: "arm64")
    assert not install.wants_cpu_build()


@pytest.mark.parametrize(
    ("chip", "system", "has_one"),
    [("arm64", "14.0", True), ("arm64", "26.1", True), ("arm64", "13.6", False), ("x86_64", "15.2", False)],
)
def test_a_mac_that_pytorch_is_not_built_for_is_told_so_before_the_install(
    chip, system, has_one, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(install.platform, "machine", lambda: chip)
    monkeypatch.setattr(install.platform, "mac_ver", lambda: (system, ("", "", ""), chip))
    assert (install.no_build() is None) is has_one
    monkeypatch.setattr(install, "install", lambda extras, log: log.write("installed"))
    if has_one:
        return install.main(["--log", str(tmp_path / "log")])
    with pytest.raises(SystemExit, match=f"macOS 14 or newer; here is macOS {system} and a Python for {chip}"):
        install.main(["--log", str(tmp_path / "log")])
    assert not (tmp_path / "log").exists()


def test_an_address_that_nobody_answers_is_not_reached():
    assert not install.reached("http://127.0.0.1:9/", seconds=2)
