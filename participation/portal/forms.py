"""What may arrive at the portal's own doors: an address to send news to."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, validators

from participation.foundation.forms import OLD_KEY, SENT_FROM_ELSEWHERE, CitizenForm, fresh_key, read_key, same_origin


class FollowForm(CitizenForm):
    """News of one project by e-mail."""

    email = EmailField(
        _l("E-mail"),
        [
            validators.InputRequired(_l("Skriv den e-mailadresse, vi skal sende nyt til.")),
            validators.Email(_l("Skriv en hel e-mailadresse, for eksempel navn@eksempel.dk.")),
            validators.Length(max=254, message=_l("Adressen er for lang. Der er plads til 254 tegn.")),
        ],
        filters=[lambda value: (value or "").strip()],
    )
    key = HiddenField()

    def __init__(self, *args: object, purpose: str, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        if not self.key.data:
            self.key.data = fresh_key(purpose)

    def validate(self, extra_validators: object = None) -> bool:
        """Check the address, the signed key and where the form came from; a stale key is replaced by a fresh one."""
        fine = super().validate(extra_validators)
        if read_key(self.key.data or "", self.purpose) is None:
            self.key.data, self.key.errors = fresh_key(self.purpose), [str(OLD_KEY)]
            return False
        if not same_origin():
            self.key.errors = [str(SENT_FROM_ELSEWHERE)]
            return False
        return fine
