"""Microsoft's way in Python: unpack and parse a file, map its records, upload them as azure-monitor-ingestion does.

That package measures every row with json.dumps, dumps the chunk again for the body, compresses it at zlib's own level and
sends one request after another (`upload` and `_create_gzip_requests` in
https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/monitor/azure-monitor-ingestion). This says the same again with
the standard library alone; bodies are counted instead of sent. Prints one JSON object, as every other run does.
"""

import gzip
import json
import os
import resource
import sys
import time
import zlib

BODY_LIMIT = 1024 * 1024


def text(value):
    return None if value is None else value if isinstance(value, str) else json.dumps(value)


def truth(value):
    return True if value in (True, "true") else False if value in (False, "false") else None


def child(parent, key):
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def first(parent, key):
    items = child(parent, key).get("items")
    return items[0] if items else {}


def row_of(record, source_object):
    identity = child(record, "userIdentity")
    session = child(identity, "sessionContext")
    issuer = child(session, "sessionIssuer")
    attributes = child(session, "attributes")
    on_behalf_of = child(identity, "onBehalfOf")
    tls = child(record, "tlsDetails")
    request = child(record, "requestParameters")
    permission = first(request, "ipPermissions")
    get = record.get
    row = {
        "TimeGenerated": get("eventTime"),
        "AwsEventId": get("eventID"),
        "EventVersion": get("eventVersion"),
        "EventSource": get("eventSource"),
        "EventTypeName": get("eventType"),
        "EventName": get("eventName"),
        "UserIdentityType": identity.get("type"),
        "UserIdentityPrincipalid": identity.get("principalId"),
        "UserIdentityArn": identity.get("arn"),
        "UserIdentityAccountId": identity.get("accountId"),
        "UserIdentityInvokedBy": identity.get("invokedBy"),
        "UserIdentityAccessKeyId": identity.get("accessKeyId"),
        "UserIdentityUserName": identity.get("userName"),
        "SessionMfaAuthenticated": truth(attributes.get("mfaAuthenticated")),
        "SessionCreationDate": attributes.get("creationDate"),
        "SessionIssuerType": issuer.get("type"),
        "SessionIssuerPrincipalId": issuer.get("principalId"),
        "SessionIssuerArn": issuer.get("arn"),
        "SessionIssuerAccountId": issuer.get("accountId"),
        "SessionIssuerUserName": issuer.get("userName"),
        "AWSRegion": get("awsRegion"),
        "SourceIpAddress": get("sourceIPAddress"),
        "UserAgent": get("userAgent"),
        "ErrorCode": get("errorCode"),
        "ErrorMessage": get("errorMessage"),
        "RequestParameters": text(get("requestParameters")),
        "ResponseElements": text(get("responseElements")),
        "AdditionalEventData": text(get("additionalEventData")),
        "AwsRequestId_": get("requestID"),
        "Resources": text(get("resources")),
        "APIVersion": get("apiVersion"),
        "ReadOnly": truth(get("readOnly")),
        "RecipientAccountId": get("recipientAccountId"),
        "ServiceEventDetails": text(get("serviceEventDetails")),
        "SharedEventId": get("sharedEventID"),
        "VpcEndpointId": get("vpcEndpointId"),
        "ManagementEvent": truth(get("managementEvent")),
        "Category": get("eventCategory"),
        "EC2RoleDelivery": text(session.get("ec2RoleDelivery")),
        "TlsVersion": tls.get("tlsVersion"),
        "CipherSuite": tls.get("cipherSuite"),
        "ClientProvidedHostHeader": tls.get("clientProvidedHostHeader"),
        "IpProtocol": text(request.get("ipProtocol", permission.get("ipProtocol"))),
        "SourcePort": text(request.get("fromPort", permission.get("fromPort"))),
        "DestinationPort": text(request.get("toPort", permission.get("toPort"))),
        "CidrIp": text(request.get("cidrIp", first(permission, "ipRanges").get("cidrIp"))),
        "UserIdentityUserId": on_behalf_of.get("userId"),
        "UserIdentityStoreArn": on_behalf_of.get("identityStoreArn"),
        "EventTime": get("eventTime"),
        "SourceObject": source_object,
    }
    return {name: value for name, value in row.items() if value is not None}


def chunks_of(rows):
    chunk, size = [], 0
    for row in rows:
        length = len(json.dumps(row).encode("utf-8"))
        if chunk and size + length > BODY_LIMIT:
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += length
    if chunk:
        yield chunk


def main(folder, passes):
    stored = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            stored.append((name, file.read()))
    tally = dict(files=0, bytesIn=0, rows=0, bodies=0, bodyBytes=0, sentBytes=0, largestBody=0)
    wall, cpu = time.perf_counter(), time.process_time()
    for name, content in stored * passes:
        log = gzip.decompress(content)
        rows = [row_of(record, name[-39:-8]) for record in json.loads(log)["Records"]]
        tally["files"] += 1
        tally["bytesIn"] += len(log)
        for chunk in chunks_of(rows):
            body = bytes(json.dumps(chunk), encoding="utf-8")
            deflate = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
            sent = deflate.compress(body) + deflate.flush()
            tally["rows"] += len(chunk)
            tally["bodies"] += 1
            tally["bodyBytes"] += len(body)
            tally["sentBytes"] += len(sent)
            tally["largestBody"] = max(tally["largestBody"], len(body))
    tally["wallMs"] = (time.perf_counter() - wall) * 1000
    tally["cpuMs"] = (time.process_time() - cpu) * 1000
    tally["maxRssBytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(tally))


main(sys.argv[1], int(sys.argv[2]))
