#!/usr/bin/env bash
# One rental from the first call to the last cent, over the API of a running demo (make demo).
# Usage: docs/tour.sh [URL], e.g. docs/tour.sh http://127.0.0.1:8123. Needs curl and python3.
set -euo pipefail

API="${1:-http://127.0.0.1:8000}/api/v1"
USERNAME="${FLEET_USER:-manager}"
PASSWORD="${FLEET_PASSWORD:-demo-fleet-2026}"
TOKEN=
ANSWER=$(mktemp)
trap 'rm -f "$ANSWER"' EXIT

# call STATUS METHOD PATH [JSON]: send the request, keep its answer, stop when the status is another one.
call() {
    local wanted=$1 method=$2 path=$3 body=${4:-} status options=()
    [ -z "$TOKEN" ] || options+=(-H "Authorization: Bearer $TOKEN")
    [ -z "$body" ] || options+=(-H 'Content-Type: application/json' -d "$body")
    status=$(curl -sS -o "$ANSWER" -w '%{http_code}' -X "$method" ${options[@]+"${options[@]}"} "$API/$path")
    printf '    %s %s → %s\n' "$method" "${path%%\?*}" "$status"
    if [ "$status" != "$wanted" ]; then
        cat "$ANSWER" >&2
        printf '\nexpected %s\n' "$wanted" >&2
        exit 1
    fi
}

# pick EXPRESSION: evaluate a Python expression over the last answer, called `it`.
pick() { python3 -c 'import json, sys; it = json.load(open(sys.argv[1], encoding="utf-8")); print(eval(sys.argv[2]))' "$ANSWER" "$1"; }

# at HOURS: the instant so many hours from now.
at() {
    python3 -c 'import sys; from datetime import datetime, timedelta, timezone as zone
print((datetime.now(zone.utc) + timedelta(hours=int(sys.argv[1]))).strftime("%Y-%m-%dT%H:%M:%SZ"))' "$1"
}

step() { printf '\n%s\n' "$*"; }
# tell EXPRESSION: print it, evaluated like pick.
tell() { pick "$1" | sed 's/^/    /'; }

START=$(at 0) END=$(at 24) LATER=$(at 48)

step "1. Log in as $USERNAME"
call 200 POST auth/token/ "{\"username\": \"$USERNAME\", \"password\": \"$PASSWORD\"}"
TOKEN=$(pick 'it["access"]')

step "2. Which cars are free from $START to $LATER, and why are the others not?"
call 200 GET "cars/availability/?start=$START&end=$LATER&explain=1"
tell '"{} cars are free, {} are not; for example:".format(len(it["free"]), len(it["refused"]))'
tell 'it["refused"][0]["refusals"][0]["message"]'
SUITABLE='[offer for offer in it["free"] if offer["car"]["fuel_type"] != "electric"]'
CAR=$(pick "$SUITABLE[0]['car']['id']")
SPARE=$(pick "$SUITABLE[1]['car']['id']")
tell "'{0[car][license_plate]} {0[car][manufacturer]} {0[car][model]}: {0[days]} days for {0[total]} {0[currency]}'.format($SUITABLE[0])"

step "3. A new customer shows a licence"
LICENCE="TOUR$(date +%s)"
call 201 POST customers/ "{\"kind\": \"person\", \"name\": \"Tara Tour\", \"email\": \"tara@example.com\", \"phone\": \"+38761222333\",
    \"birth_date\": \"1990-05-17\", \"licence_number\": \"$LICENCE\", \"licence_country\": \"BA\",
    \"licence_issued_on\": \"2015-01-01\", \"licence_expires_on\": \"2035-01-01\"}"
CUSTOMER=$(pick 'it["id"]')
call 200 POST "customers/$CUSTOMER/verify/"

step "4. What would a day cost, with a SIM card?"
BOOKING="{\"car\": \"$CAR\", \"customer\": \"$CUSTOMER\", \"start_at\": \"$START\", \"end_at\": \"$END\",
    \"extras\": [{\"extra\": \"sim_card\"}], \"external_ref\": \"$LICENCE\"}"
call 200 POST contracts/quote/ "$BOOKING"
tell '"\n".join("{0[description]}: {0[amount]}  ({0[explained]})".format(line) for line in it["lines"])'
tell '"total {0[total]} {0[currency]}, deposit {0[deposit]}".format(it)'

step "5. Book"
call 201 POST contracts/ "$BOOKING"
CONTRACT=$(pick 'it["id"]')
tell '"{0[reference]} is {0[status]}, held until {0[hold_expires_at]}".format(it)'

step "6. The same request again is the same booking; another one for the same car is refused"
call 200 POST contracts/ "$BOOKING"
call 409 POST contracts/ "{\"car\": \"$CAR\", \"start_at\": \"$START\", \"end_at\": \"$END\"}"
tell '"{0[code]}: {0[detail]}".format(it)'

step "7. Confirm, with the deposit on the card"
call 200 POST "contracts/$CONTRACT/confirm/" "{\"deposit\": {\"method\": \"card\", \"external_id\": \"$LICENCE\"}}"
tell '"{0[status]}, {0[held]} {0[currency]} held; possible now: ".format(it) + ", ".join(it["steps"])'

step "8. Check out: the odometer, a full tank"
KM=$(pick 'it["car"]["odometer_km"]')
call 200 POST "contracts/$CONTRACT/check-out/" "{\"odometer_km\": $KM, \"fuel_eighths\": 8, \"checklist\": {\"triangle\": true}}"
tell '"{0[status]} since {0[picked_up_at]}".format(it)'

step "9. The customer wants another day"
call 200 POST "contracts/$CONTRACT/extend/" "{\"end_at\": \"$LATER\"}"
tell '"due back {0[end_at]}, total {0[total]} {0[currency]}".format(it)'

step "10. A warning light: another car"
call 200 GET "cars/$SPARE/"
SPARE_KM=$(pick 'it["odometer_km"]')
call 200 POST "contracts/$CONTRACT/swap/" "{\"car\": \"$SPARE\", \"back\": {\"odometer_km\": $((KM + 60)), \"fuel_eighths\": 8},
    \"out\": {\"odometer_km\": $SPARE_KM, \"fuel_eighths\": 8}}"
tell '" → ".join(one["car"]["license_plate"] for one in it["assignments"])'

step "11. Check in: the tank not full, the car dirty, a scratch"
call 200 POST "contracts/$CONTRACT/check-in/" "{\"odometer_km\": $((SPARE_KM + 200)), \"fuel_eighths\": 6, \"clean\": false,
    \"damages\": [{\"panel\": \"rear_bumper\", \"kind\": \"scratch\", \"note\": \"10 cm\", \"estimate\": \"120.00\"}]}"
tell '"\n".join("proposed {0[kind]}: {0[amount]}  ({0[explained]})".format(charge) for charge in it["charges"])'

step "12. Decide: fuel and damage are charged, the cleaning is waived"
ACCEPT=$(pick '" ".join(charge["id"] for charge in it["charges"] if charge["kind"] != "cleaning")')
WAIVE=$(pick 'next(charge["id"] for charge in it["charges"] if charge["kind"] == "cleaning")')
for charge in $ACCEPT; do call 200 POST "charges/$charge/accept/"; done
call 200 POST "charges/$WAIVE/waive/" '{"reason": "It rained all week, nobody is to blame."}'

step "13. Pay and settle"
call 409 POST "contracts/$CONTRACT/settle/" '{"release_deposit": true}'
tell 'it["detail"]'
call 200 GET "contracts/$CONTRACT/"
call 201 POST "contracts/$CONTRACT/payments/" "{\"kind\": \"payment\", \"method\": \"card\", \"amount\": \"$(pick 'it["balance"]')\"}"
call 200 POST "contracts/$CONTRACT/settle/" '{"release_deposit": true}'
tell '"{0[reference]} is {0[status]}: total {0[total]}, paid {0[paid]}, held {0[held]}, balance {0[balance]}".format(it)'

step "14. Who did what?"
call 200 GET "contracts/$CONTRACT/history/?limit=3"
tell '"\n".join("{0[at]} {0[actor_name]}, {0[door]}: ".format(entry) + ", ".join(one["field"] for one in entry["changes"]) for entry in it["data"])'
