"""The sealing of workspaces' secrets: owners, keys, damage."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from bot.workspaces.vault import MissingKeyError, SealedError, Vault, fingerprint_of, new_key

OLD, NEW = new_key(), new_key()
SECRET = {"bot_token": "xoxb-1", "name": "熊猫"}


def test_a_secret_comes_back_to_its_owner_and_its_text_shows_nothing() -> None:
    """The ciphertext holds neither the secret nor its owner, and differs each time."""
    vault = Vault([NEW])
    sealed = vault.seal("installation:T0WORKSPACE", SECRET)
    assert vault.open("installation:T0WORKSPACE", sealed) == SECRET
    assert "xoxb" not in sealed
    assert "T0WORKSPACE" not in sealed
    assert vault.seal("installation:T0WORKSPACE", SECRET) != sealed


@pytest.mark.parametrize("other", ["installation:T2", "account:T1", "", "installation:T1 "])
def test_a_row_cannot_be_swapped(other: str) -> None:
    """Neither for that of another workspace nor for one of another table."""
    vault = Vault([NEW])
    with pytest.raises(SealedError, match="another workspace"):
        vault.open(other, vault.seal("installation:T1", SECRET))


def test_a_new_key_opens_nothing_until_the_old_one_stands_behind_it() -> None:
    """A missing key is named by its print, and is no damage."""
    sealed = Vault([OLD]).seal("a", SECRET)
    with pytest.raises(MissingKeyError, match=f"the key {fingerprint_of(OLD)}"):
        Vault([NEW]).open("a", sealed)
    vault = Vault([NEW, OLD])
    assert vault.open("a", sealed) == SECRET
    renewed = vault.renew(sealed)
    assert not vault.is_newest(sealed)
    assert vault.is_newest(renewed)
    assert Vault([NEW]).open("a", renewed) == SECRET
    with pytest.raises(MissingKeyError):
        Vault([OLD]).open("a", renewed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-6] + "AAAAAA",
        lambda sealed: sealed[:40],
        lambda sealed: sealed.partition(":")[2],
        lambda _sealed: "",
        lambda sealed: f"{sealed[:9]}gAAAA",
        lambda sealed: f"{fingerprint_of(NEW)}:{sealed.partition(':')[2]}",
    ],
)
def test_damage_is_said_as_damage(spoil: object) -> None:
    """A changed sign, a part of the text, no print, nothing, another ciphertext, the print of another key."""
    sealed = Vault([OLD]).seal("a", SECRET)
    assert callable(spoil)
    for act in (lambda text: Vault([NEW, OLD]).open("a", text), Vault([NEW, OLD]).renew):
        with pytest.raises(SealedError, match="is damaged"):
            act(spoil(sealed))


@pytest.mark.parametrize("keys", [[], [""], ["secret"], [NEW[:-1]], [NEW, "xyz-9"], [NEW.replace("=", "é")]])
def test_what_is_no_key_is_refused_with_a_sentence(keys: list[str]) -> None:
    """The sentence names the command that prints one, and not the text."""
    with pytest.raises(ValueError, match="pandabot keys new") as refused:
        Vault(keys)
    assert not any(key and key in str(refused.value) for key in keys)


def test_new_keys_are_fernets() -> None:
    """Each is new, and Fernet takes it."""
    assert new_key() != new_key()
    Fernet(new_key())
