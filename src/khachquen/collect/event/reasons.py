"""Why a message did not become an event. A drop is a value with a reason, never a silence."""

from enum import StrEnum

from khachquen.base import Text


class Outcome(StrEnum):
    """The one end every received message meets; the counts of the four add up to what came in."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"


class Reason(StrEnum):
    """Why a message is no event of its own: quarantined, dropped or a duplicate. Never change."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    BAD_TEXT = "bad_text"
    NUL_CHARACTER = "nul_character"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_TYPE = "unknown_type"
    NO_EVENT_NAME = "no_event_name"
    NO_IDENTITY = "no_identity"
    ID_TOO_LONG = "id_too_long"
    BAD_TIME = "bad_time"
    BAD_MONEY = "bad_money"
    BAD_CONSENT = "bad_consent"
    TOO_MANY_PROPERTIES = "too_many_properties"
    TOO_MANY_EVENTS = "too_many_events"
    TOO_MANY_EVENT_NAMES = "too_many_event_names"
    TOO_MANY_PROPERTY_NAMES = "too_many_property_names"
    INTERNAL = "internal"
    DIFFERENT_PAYLOAD = "different_payload"
    NO_CONSENT = "no_consent"
    ROBOT = "robot"


REASONS: dict[Reason, Text] = {
    Reason.NOT_JSON: Text(vi="Không phải JSON hợp lệ.", en="Not valid JSON."),
    Reason.NOT_AN_OBJECT: Text(
        vi="Mỗi sự kiện phải là một đối tượng JSON.", en="Each event must be a JSON object."
    ),
    Reason.TOO_DEEP: Text(vi="Lồng nhau quá sâu.", en="Nested too deeply."),
    Reason.TOO_LARGE: Text(
        vi="Sự kiện lớn hơn mức cho phép.", en="The event is larger than allowed."
    ),
    Reason.BAD_TEXT: Text(
        vi="Chữ không phải Unicode hợp lệ (ký tự thay thế đứng lẻ hoặc UTF-8 hỏng).",
        en="The text is not valid Unicode (a lone surrogate or broken UTF-8).",
    ),
    Reason.NUL_CHARACTER: Text(
        vi="Có ký tự NUL, cơ sở dữ liệu không giữ được.",
        en="Contains the NUL character, which databases cannot keep.",
    ),
    Reason.NUMBER_OUT_OF_RANGE: Text(
        vi="Có số vượt quá giới hạn.", en="Contains a number out of range."
    ),
    Reason.WRONG_TYPE: Text(vi="Một trường sai kiểu dữ liệu.", en="A field has the wrong type."),
    Reason.UNKNOWN_TYPE: Text(
        vi="Loại sự kiện không được biết.",
        en="Unknown type; known are identify, track, page, screen, group and alias.",
    ),
    Reason.NO_EVENT_NAME: Text(
        vi="Sự kiện track phải có tên trong trường event.", en="A track call needs an event name."
    ),
    Reason.NO_IDENTITY: Text(
        vi="Phải có userId hoặc anonymousId.", en="A userId or an anonymousId is needed."
    ),
    Reason.ID_TOO_LONG: Text(vi="Mã định danh quá dài.", en="An identifier is too long."),
    Reason.BAD_TIME: Text(vi="Thời điểm không đọc được.", en="The time cannot be read."),
    Reason.BAD_MONEY: Text(vi="Số tiền không đọc được.", en="An amount of money cannot be read."),
    Reason.BAD_CONSENT: Text(
        vi="Lời đồng ý hoặc từ chối nêu mục đích, kênh hay hình thức không có ở đây.",
        en="What somebody agreed to or refused names a purpose, channel or method unknown here.",
    ),
    Reason.TOO_MANY_PROPERTIES: Text(
        vi="Hơn 300 thuộc tính trong một sự kiện.", en="More than 300 properties in one event."
    ),
    Reason.TOO_MANY_EVENTS: Text(
        vi="Gói có nhiều sự kiện hơn mức cho phép.", en="The batch holds more events than allowed."
    ),
    Reason.TOO_MANY_EVENT_NAMES: Text(
        vi="Khóa công khai của nguồn đã dùng hết số tên sự kiện được phép.",
        en="The public keys of this source have used up the event names they may invent.",
    ),
    Reason.TOO_MANY_PROPERTY_NAMES: Text(
        vi="Khóa công khai của nguồn đã dùng hết số tên thuộc tính được phép.",
        en="The public keys of this source have used up the property names they may invent.",
    ),
    Reason.INTERNAL: Text(
        vi="Lỗi của hệ thống khi xử lý sự kiện này; sự kiện được giữ nguyên để xử lý lại.",
        en="Our own mistake while taking it in; the event is kept whole, to be taken in again.",
    ),
    Reason.DIFFERENT_PAYLOAD: Text(
        vi="Trùng mã tin nhưng nội dung khác; hệ thống giữ bản đến trước.",
        en="The same id with another payload; the first one is kept.",
    ),
    Reason.NO_CONSENT: Text(
        vi="Khách không đồng ý cho đo lường, nên nội dung không được giữ.",
        en="The visitor did not consent to be measured, so nothing of it is kept.",
    ),
    Reason.ROBOT: Text(
        vi="Do máy tự động gửi; nguồn này bỏ qua máy.",
        en="Sent by a robot, which this source leaves out.",
    ),
}
