"""Every setting is documented, and the page says what the code does."""

from tools.settings import PAGE, page

from doorward.settings import Settings


def test_the_page_of_settings_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_setting_says_what_it_means() -> None:
    assert not [name for name, field in Settings.model_fields.items() if not field.description]
