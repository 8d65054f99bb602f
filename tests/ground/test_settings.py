"""Settings: what is given is taken, what cannot be used is named, and no secret is told."""

import dataclasses

import pytest

from server import settings
from server.commands._variables import mistyped
from server.settings import BadSetting, read

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def test_nothing_given_is_a_whole_set_of_settings():
    plain = read({})
    assert plain.port == 8000
    assert plain.public_url == "http://127.0.0.1:8000"
    assert plain.data == settings.ROOT / ".data"
    assert plain.is_connected


def test_an_empty_value_counts_as_not_given():
    assert read({"XINYI_PORT": " ", "XINYI_OA_MODE": ""}) == read({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XINYI_PORT", "eighty"),
        ("XINYI_PORT", "70000"),
        ("XINYI_OA_MODE", "secret"),
        ("XINYI_OA_KIND", "company"),
        ("XINYI_OA_APPID", "my account"),
        ("XINYI_OA_TOKEN", "a"),
        ("XINYI_OA_AES_KEY", "short"),
        ("XINYI_MASTER_KEY", "c2hvcnQ="),
        ("XINYI_MASTER_KEY_OLD", "no base64!"),
        ("XINYI_MONGO_URL", "localhost:27017"),
        ("XINYI_MONGO_NAME", "Xin Yi"),
        ("XINYI_REDIS_URL", "localhost"),
        ("XINYI_WECHAT_API", "api.weixin.qq.com"),
        ("XINYI_PUBLIC_URL", "https://example.com/?a=b"),
        ("XINYI_PROXIES", "10.0.0.0/8, gateway"),
        ("XINYI_CONTENT", "/nowhere/at/all"),
        ("XINYI_CLOCK", "tomorrow"),
        ("XINYI_LOG", "xml"),
        ("XINYI_DUTY_WEBHOOK", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"),
        ("XINYI_DUTY_WEBHOOK", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"),
        ("XINYI_DUTY_WEBHOOK", "https://[::1/send"),
        ("XINYI_DUTY_WEBHOOK", "https://robot.example:99999/send"),
        ("XINYI_DUTY_WEBHOOK_KIND", "feishu"),
        ("XINYI_SMS_URL", "http://10.0.0.8/sms"),
        ("XINYI_SMS_URL", "http://localhost.example/sms"),
        ("XINYI_SMS_URL", "http://[::1/sms"),
        ("XINYI_SMS_URL", "https://user:word@sms.example/send"),
        ("XINYI_SMS_URL", "https://sms.example/send#part"),
        ("XINYI_SMS_TOKEN", "two words"),
        ("XINYI_EDITION_GRACE_HOURS", "0"),
        ("XINYI_EDITION_PREPARE_MINUTES", "0.5"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_how_to_mend_it(name: str, value: str):
    with pytest.raises(BadSetting) as refused:
        read({name: value})
    assert refused.value.name == name
    assert refused.value.sentence.startswith(name)
    assert "要" in refused.value.sentence or "只能" in refused.value.sentence


@pytest.mark.parametrize(
    "name",
    [
        "XINYI_OA_AES_KEY",
        "XINYI_MASTER_KEY",
        "XINYI_OA_TOKEN",
        "XINYI_MONGO_URL",
        "XINYI_DUTY_WEBHOOK",
        "XINYI_SMS_URL",
        "XINYI_SMS_TOKEN",
    ],
)
def test_a_refusal_does_not_repeat_a_secret(name: str):
    with pytest.raises(BadSetting) as refused:
        read({name: "hush hush"})
    assert "hush" not in refused.value.sentence
    assert refused.value.__cause__ is None


def test_secrets_are_not_told_with_the_settings():
    secrets = {row.name: "hush" for row in dataclasses.fields(settings.Settings) if row.metadata["secret"]}
    assert {"oa_secret", "oa_token", "oa_aes_key", "master_key", "master_key_old", "mongo_url"} <= set(secrets)
    assert {"duty_webhook", "sms_url", "sms_token"} <= set(secrets)
    assert "hush" not in repr(dataclasses.replace(read({}), **secrets))


def test_a_time_source_is_refused_on_a_connected_account():
    with pytest.raises(BadSetting, match="XINYI_CLOCK"):
        read({"XINYI_CLOCK": "http://127.0.0.1:8100/simulator/clock"})


@pytest.mark.parametrize("host", ["127.0.0.1:8100", "localhost:8100", "[::1]:8100", "127.8.8.8"])
def test_a_time_source_is_taken_while_wechat_is_a_simulator_on_this_machine(host: str):
    played = read({"XINYI_CLOCK": f"http://{host}/simulator/clock", "XINYI_WECHAT_API": f"http://{host}/"})
    assert not played.is_connected
    assert played.wechat_api == f"http://{host}"


@pytest.mark.parametrize("field", ["duty_webhook", "sms_url"])
@pytest.mark.parametrize(
    "url",
    [
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx",
        "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec",
        "https://sms.example:8443",
        "http://127.0.0.1:8100/simulator/sink",
        "http://localhost:8100/simulator/sink?channel=group",
        "http://[::1]:8100/simulator/sink",
    ],
)
def test_duty_staff_are_reached_over_a_sealed_way_or_on_this_machine(field: str, url: str):
    assert getattr(read({settings.variable(field): url}), field) == url


def test_a_missing_account_is_named_piece_by_piece():
    given = {"XINYI_OA_APPID": "wx0123456789abcdef", "XINYI_OA_SECRET": "s", "XINYI_OA_TOKEN": "token"}
    with pytest.raises(BadSetting, match="XINYI_OA_AES_KEY 还没有写"):
        read(given).demand_account()
    read({**given, "XINYI_OA_MODE": "plain"}).demand_account()
    with pytest.raises(BadSetting, match="XINYI_OA_APPID 还没有写"):
        read({}).demand_account()


def test_master_keys_are_thirty_two_bytes():
    given = read({"XINYI_MASTER_KEY": KEY, "XINYI_MASTER_KEY_OLD": KEY})
    assert given.master == given.master_old == b"01234567890123456789012345678901"
    assert read({"XINYI_MASTER_KEY": KEY}).master_old is None
    with pytest.raises(BadSetting, match="XINYI_MASTER_KEY 还没有写"):
        assert read({}).master


def test_settings_spelt_out_are_the_same_settings_again():
    given = read({"XINYI_PORT": "9000", "XINYI_MASTER_KEY": KEY, "XINYI_PROXIES": "10.0.0.0/8"})
    assert read(settings.spelt(given)) == given
    assert "XINYI_MASTER_KEY" not in settings.spelt(given, secrets=False)


def test_a_variable_that_is_no_setting_is_told_with_the_nearest_name():
    told = mistyped({"XINYI_PROT": "1", "XINYI_PORT": "1", "XINYI_SIMULATOR_DATA": "x", "HOME": "/"})
    assert told == ["XINYI_PROT 不是本服务的设置，没有起作用；是不是想写 XINYI_PORT？"]


def test_proxies_are_read_one_by_one():
    assert read({"XINYI_PROXIES": "127.0.0.1, 10.0.0.0/8"}).trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
