"""The one table of the interface: path, method, who answers, and whether a token is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..reading import Document
from ..world import World
from . import custom, diagnostics, drafts, mass, material, menu, mini_program, tokens, users
from .call import Call, File, Late


@dataclass(frozen=True, slots=True)
class Route:
    """How one path is called; what is not the mini-program's is the official account's."""

    method: str
    answer: Callable[[World, Call], Document | bytes | File | Late]
    needs_token: bool = True
    is_mini_program: bool = False
    is_confidential: bool = False  # What it answers stays out of the record of calls.


ROUTES: dict[str, Route] = {
    "/cgi-bin/token": Route("GET", tokens.token, needs_token=False),
    "/cgi-bin/stable_token": Route("POST", tokens.stable_token, needs_token=False),
    "/cgi-bin/media/upload": Route("POST", material.upload_temporary),
    "/cgi-bin/media/get": Route("GET", material.download),
    "/cgi-bin/media/uploadimg": Route("POST", material.upload_body_picture),
    "/cgi-bin/material/add_material": Route("POST", material.add),
    "/cgi-bin/material/get_materialcount": Route("GET", material.count),
    "/cgi-bin/material/batchget_material": Route("POST", material.batch),
    "/cgi-bin/material/get_material": Route("POST", material.get),
    "/cgi-bin/material/del_material": Route("POST", material.delete),
    "/cgi-bin/draft/add": Route("POST", drafts.add),
    "/cgi-bin/draft/update": Route("POST", drafts.update),
    "/cgi-bin/draft/get": Route("POST", drafts.get),
    "/cgi-bin/draft/batchget": Route("POST", drafts.batch),
    "/cgi-bin/draft/count": Route("GET", drafts.count),
    "/cgi-bin/draft/delete": Route("POST", drafts.delete),
    "/cgi-bin/message/mass/sendall": Route("POST", mass.send_to_all),
    "/cgi-bin/message/mass/send": Route("POST", mass.send_to_list),
    "/cgi-bin/message/mass/preview": Route("POST", mass.preview),
    "/cgi-bin/message/mass/get": Route("POST", mass.get),
    "/cgi-bin/message/mass/delete": Route("POST", mass.delete),
    "/cgi-bin/message/mass/speed/get": Route("POST", mass.get_speed),
    "/cgi-bin/message/mass/speed/set": Route("POST", mass.set_speed),
    "/cgi-bin/message/custom/send": Route("POST", custom.send),
    "/cgi-bin/menu/create": Route("POST", menu.create),
    "/cgi-bin/menu/get": Route("GET", menu.get),
    "/cgi-bin/menu/delete": Route("GET", menu.delete),
    "/cgi-bin/user/get": Route("GET", users.openids),
    "/cgi-bin/user/info": Route("GET", users.info),
    "/cgi-bin/user/info/batchget": Route("POST", users.info_batch),
    "/sns/jscode2session": Route(
        "GET", mini_program.session, needs_token=False, is_mini_program=True, is_confidential=True
    ),
    "/wxa/business/getuserphonenumber": Route(
        "POST", mini_program.phone_number, is_mini_program=True, is_confidential=True
    ),
    "/cgi-bin/getcallbackip": Route("GET", diagnostics.addresses),
    "/cgi-bin/get_api_domain_ip": Route("GET", diagnostics.addresses),
    "/cgi-bin/callback/check": Route("POST", diagnostics.check_way_back),
    "/cgi-bin/openapi/quota/get": Route("POST", lambda world, call: diagnostics.quota(world, call, ROUTES)),
    "/cgi-bin/openapi/rid/get": Route("POST", diagnostics.about_call),
    "/cgi-bin/clear_quota": Route("POST", diagnostics.clear),
    "/cgi-bin/clear_quota/v2": Route("POST", diagnostics.clear_without_token, needs_token=False),
}
