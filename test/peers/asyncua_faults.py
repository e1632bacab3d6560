"""What the asyncua peer does wrong on demand: late or withheld answers, refused connections, too many operations, and
Republish as the specification says. Importing it puts the faults into asyncua; Faults switches them.
"""
import asyncio

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server import binary_server_asyncio as bsa
from asyncua.server.internal_session import InternalSession
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.server.subscription_service import SubscriptionService
from asyncua.server.uaprocessor import UaProcessor


class Faults:
    delay = 0.0
    hang = False
    refuse = False
    strict_republish = False
    mute = False
    limit = None
    requests = 0  # requests and connections since the start


class LateTransport:
    """The real transport, with late or withheld writes (order is kept)."""

    def __init__(self, real):
        self._real, self._held = real, []

    def __getattr__(self, name):
        return getattr(self._real, name)

    def write(self, data):
        if Faults.hang:
            return
        if Faults.delay > 0:
            asyncio.get_running_loop().call_later(Faults.delay, self._late, bytes(data))
        else:
            self._real.write(data)

    def _late(self, data):
        if not self._real.is_closing():
            self._real.write(data)


class Protocol(bsa.OPCUAProtocol):
    def connection_made(self, transport):
        Faults.requests += 1
        if Faults.refuse:
            transport.close()
            return
        super().connection_made(LateTransport(transport))


bsa.OPCUAProtocol = Protocol  # BinaryServer looks the name up when it makes a connection


_republish = InternalSubscription.republish
_republish_any = SubscriptionService.republish


def _strict_one(self, nb):
    msg = _republish(self, nb)
    if Faults.strict_republish and not msg.NotificationData:
        raise ServiceError(ua.StatusCodes.BadMessageNotAvailable)
    return msg


def _strict_any(self, params):
    if Faults.strict_republish and params.SubscriptionId not in self.subscriptions:
        raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)
    return _republish_any(self, params)


InternalSubscription.republish, SubscriptionService.republish = _strict_one, _strict_any


_process, _create, _read = UaProcessor.process, SubscriptionService.create_monitored_items, InternalSession.read


async def _counted(self, header, body):
    Faults.requests += 1
    return await _process(self, header, body)


def _within_limit(items):
    if Faults.limit is not None and len(items) > Faults.limit:
        raise ServiceError(ua.StatusCodes.BadTooManyOperations)


async def _limited_create(self, params):
    _within_limit(params.ItemsToCreate)
    return await _create(self, params)


async def _limited_read(self, params):
    _within_limit(params.NodesToRead)
    return await _read(self, params)


UaProcessor.process, SubscriptionService.create_monitored_items, InternalSession.read = (
    _counted, _limited_create, _limited_read)
