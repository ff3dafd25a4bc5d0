"""Every act that can happen in the house. File = function = act = line in the log."""

from enum import StrEnum


class Act(StrEnum):
    """An act of a person, as it stands in the log: ``"room:verb"``."""

    # Everybody's pages
    READ_PUBLIC = "portal:read"
    READ_PROJECT = "project:read"
    FOLLOW_PROJECT = "project:follow"
    ASK_CALL_BACK = "call_back:ask"
    BOOK_TALK = "talk:book"
    LEAVE_TALK = "talk:leave"

    # A citizen's own page, which nobody needs
    ASK_SIGN_IN_LINK = "account:ask"
    ENTER_ACCOUNT = "account:enter"
    READ_ACCOUNT = "account:read"
    EDIT_ACCOUNT = "account:edit"
    LEAVE_ACCOUNT = "account:leave"
    DELETE_ACCOUNT = "account:delete"

    # The staff's pages
    READ_DESK = "desk:read"
    READ_CASE = "case:read"
    READ_CONTACT = "contact:read"
    ERASE_PERSON = "person:erase"
    SEND_LETTER = "letter:send"

    # People
    SIGN_IN = "person:sign_in"
    SIGN_OUT = "person:sign_out"
    INVITE_PERSON = "person:invite"
    EDIT_PERSON = "person:edit"
    ACCEPT_INVITATION = "person:accept"
    RECUSE = "person:recuse"
    TELL_TIES = "person:ties"
    EDIT_DEPARTMENT = "department:edit"
    EDIT_MUNICIPALITY = "municipality:edit"

    # What the law asks, and when the service was away
    AMEND_RULE = "rule:amend"
    EDIT_CLOSING_DAYS = "closing_days:edit"
    REGISTER_OUTAGE = "outage:register"
    SETTLE_OUTAGE = "outage:settle"
    SETTLE_ALARM = "clock:settle"

    # Projects
    DECLARE_PROJECT = "project:declare"
    EDIT_PROJECT = "project:edit"
    ANNOUNCE_PROJECT = "project:announce"
    RAISE_LEVEL = "project:raise_level"
    CORRECT_LEVEL = "project:correct_level"
    EXTEND_ROUND = "round:extend"
    CANCEL_PROJECT = "project:cancel"
    CORRECT_MISTAKE = "project:correct"
    INVITE_PARTY = "party:invite"
    WRITE_MINUTES = "meeting:minutes"

    # Contributions
    SUBMIT_CONTRIBUTION = "contribution:submit"
    ASK_QUESTION = "contribution:ask"
    COMMENT_CONTRIBUTION = "contribution:comment"
    SUPPORT_CONTRIBUTION = "contribution:support"
    OPEN_JOINT_TEXT = "joint_text:open"
    PROPOSE_REVISION = "joint_text:propose"
    CLOSE_JOINT_TEXT = "joint_text:close"
    TRACK_CONTRIBUTION = "contribution:track"
    SAVE_DRAFT = "draft:save"
    DELETE_DRAFT = "draft:delete"
    OPEN_WORKSPACE = "workspace:open"
    INVITE_MEMBER = "workspace:invite"
    JOIN_WORKSPACE = "workspace:join"
    LEAVE_WORKSPACE = "workspace:leave"
    WRITE_VERSION = "workspace:write"
    JUDGE_VERSION = "workspace:judge"
    SEND_TOGETHER = "workspace:send"
    CORRECT_CONTRIBUTION = "contribution:correct"
    WITHDRAW_CONTRIBUTION = "contribution:withdraw"
    REGISTER_CONTRIBUTION = "contribution:register"
    IMPORT_CONTRIBUTIONS = "contribution:import"
    READ_CONTRIBUTION = "contribution:read"
    SPLIT_CONTRIBUTION = "contribution:split"
    PUBLISH_CONTRIBUTION = "contribution:publish"
    GUIDE_SENDER = "contribution:guide"
    ASK_FOR_EDIT = "contribution:ask_edit"
    HIDE_CONTRIBUTION = "contribution:hide"
    CONFIRM_HIDING = "contribution:confirm_hiding"
    BLOCK_SENDER = "contribution:block"
    APPEAL_MODERATION = "moderation:appeal"
    ANSWER_APPEAL = "moderation:answer"
    CLEAR_FLAGS = "contribution:clear_flags"
    CONFIRM_EMAIL = "contribution:confirm_email"
    DISPUTE_CONTRIBUTION = "contribution:dispute"
    VERIFY_SENDER = "contribution:verify_sender"
    STOP_COPIES = "contribution:stop_copies"
    ASK_ERASURE = "contribution:ask_erasure"
    CLEAR_CONTRIBUTION = "contribution:clear"
    TAKE_DOWN_CONTRIBUTION = "contribution:take_down"
    MASK_CONTRIBUTION = "contribution:mask"
    READ_ORIGINAL = "contribution:read_original"
    PUBLISH_FILE = "contribution:publish_file"
    ROUTE_CONTRIBUTION = "contribution:route"
    WRITE_NOTE = "note:write"
    SETTLE_CALL_BACK = "call_back:settle"
    OFFER_TALKS = "talk:offer"
    CANCEL_TALK = "talk:cancel"
    SETTLE_TALK = "talk:settle"

    # Who looks at what
    ASSIGN_POINTS = "point:assign"
    ASK_EXPERT = "expert:ask"
    ASSESS_POINTS = "expert:assess"

    # Themes
    GROUP_POINTS = "theme:group"
    EDIT_THEMES = "theme:edit"
    READ_SAMPLE = "theme:sample"

    # Answers
    DRAFT_ANSWER = "answer:draft"
    APPROVE_ANSWER = "answer:approve"
    ANSWER_QUESTION = "answer:question"
    EXPLAIN_DIFFERENCE = "answer:explain"
    EDIT_TEXT_BLOCK = "text_block:edit"
    DRAFT_CHANGE = "change:draft"

    # The white paper
    COMPILE_REPORT = "report:compile"
    ASK_APPROVAL = "report:ask_approval"
    APPROVE_REPORT = "report:approve"
    PUBLISH_REPORT = "report:publish"
    WITHDRAW_REPORT = "report:withdraw"
    SEND_PACKAGE = "report:send"

    # Decisions
    SCHEDULE_DECISION = "decision:schedule"
    ATTACH_REPORT = "decision:attach"
    RECORD_DECISION = "decision:record"
    ANNOUNCE_DECISION = "decision:announce"
    RECORD_VETO = "decision:veto"
    KEEP_READING = "decision:keep_reading"
    ASK_ADMINISTRATION = "decision:ask"
    REPLY_TO_COUNCIL = "decision:reply"

    # Feedback and the end
    PUBLISH_FEEDBACK = "feedback:publish"
    JUDGE_FEEDBACK = "feedback:judge"
    REOPEN_ANSWER = "feedback:reopen"
    PLAN_FOLLOW_UP = "follow_up:plan"
    CLOSE_PROJECT = "project:close"
    WRITE_LESSON = "lesson:write"
    EXPLAIN_DELAY = "promise:explain"
